/** A batch that takes a few seconds, and what it looks like meanwhile. */
import { Engine, verifierAt } from '@fanfold/core'
import type { Progress } from '@fanfold/core'
import { deriveHash } from './verify-password.ts'
import type { StoredPassword } from './verify-password.ts'

const WIDTH = 30

const engine = new Engine()
try {
  const verifier = verifierAt<typeof import('./verify-password.ts')>(new URL('./verify-password.ts', import.meta.url))
  const run = engine.run(verifier, storedPasswords(400))
  const shown = showProgress(run.watch({ everyMs: 100 }))
  const { result, total, verdicts, elapsedMs, threads } = await run.report()
  await shown
  console.log(`${result}: ${total} passwords in ${(elapsedMs / 1000).toFixed(1)} s on ${threads} threads`)
  console.log(`${verdicts.pass} right, ${verdicts.fail} wrong`)
} finally {
  await engine.close()
}

/** On a terminal one line that is drawn again and again; else a line each time something changed. */
async function showProgress(updates: AsyncIterable<Progress>): Promise<void> {
  const { isTTY } = process.stderr
  let last = ''
  for await (const progress of updates) {
    const line = bar(progress)
    if (line !== last) process.stderr.write(isTTY ? `\r\x1b[K${line}` : `${line}\n`)
    last = line
  }
  if (isTTY) process.stderr.write('\n')
}

function bar({ state, total = 0, statuses, verdicts, tasksPerSecond, etaMs }: Progress): string {
  const done = total === 0 ? 0 : statuses.completed / total
  const full = Math.round(done * WIDTH)
  const eta = etaMs === undefined ? '' : `, ${(etaMs / 1000).toFixed(1)} s to go`
  const drawn = '█'.repeat(full) + '░'.repeat(WIDTH - full)
  return `${drawn} ${(done * 100).toFixed(0).padStart(3)} %  ${verdicts.fail} wrong  ${tasksPerSecond.toFixed(0)}/s${eta}  ${state}`
}

/** As many as `count`; every hundredth user has another password than was stored. Two hashes are enough to show it. */
function storedPasswords(count: number): StoredPassword[] {
  const salt = 'not-so-random'
  const hash = deriveHash('correct horse', salt)
  return Array.from({ length: count }, (_, n) => {
    return { user: `user-${n}`, password: n % 100 === 99 ? 'battery staple' : 'correct horse', salt, hash }
  })
}
