/**
 * `node bench/src/hangs.ts`
 *
 * One task of 10,000 hangs, with a timeout of 200 ms: exactly that one should be `timedOut`, all others get their
 * verdict, and the run should take less than a second longer than without it.
 */
import { Engine } from '@fanfold/core'
import type { LoadedVerifier, RunOptions } from '@fanfold/core'
import { spreadOf } from './ratios.ts'
import type { Hang, HangTask } from './hangs/hang-task.ts'

const TASKS = 10_000
const HANGING = 4_321
const TIMEOUT_MS = 200
const ROUNDS = 3
const TARGET_MS = 1000

interface Scenario {
  readonly name: string
  readonly hang: Hang
  readonly verifier: URL
  readonly options: RunOptions
}

const sync = new URL('./hangs/verify-task.ts', import.meta.url)
const scenarios: readonly Scenario[] = [
  { name: 'endless loop', hang: 'spin', verifier: sync, options: {} },
  { name: 'backtracking regular expression', hang: 'regex', verifier: sync, options: {} },
  { name: 'promise that never settles', hang: 'never', verifier: sync, options: {} },
  {
    name: 'async, 16 at once, endless loop between two awaits',
    hang: 'spin',
    verifier: new URL('./hangs/verify-task-async.ts', import.meta.url),
    options: { concurrency: 16 },
  },
]

interface Measured {
  readonly elapsedMs: number
  readonly completed: number
  readonly timedOut: readonly number[]
  readonly others: number
  readonly threadsReplaced: number
}

async function runOnce(
  verifier: LoadedVerifier<HangTask>,
  hang: Hang | undefined,
  options: RunOptions,
): Promise<Measured> {
  const tasks = Array.from({ length: TASKS }, (_, n): HangTask => ({ hang: n === HANGING ? hang : undefined }))
  const run = verifier.run(tasks, { ...options, timeoutMs: TIMEOUT_MS })
  const timedOut: number[] = []
  for await (const { index, status } of run) if (status === 'timedOut') timedOut.push(index)
  const { elapsedMs, statuses, threadsReplaced } = await run.report()
  const { completed } = statuses
  return { elapsedMs, completed, timedOut, others: TASKS - completed - timedOut.length, threadsReplaced }
}

const engine = new Engine()
let wrong = 0
console.log(
  `${TASKS} tasks, one hangs, timeout ${TIMEOUT_MS} ms, ${engine.threads} threads, median of ${ROUNDS} rounds\n`,
)
for (const { name, hang, verifier, options } of scenarios) {
  const loaded = engine.load<HangTask>(verifier)
  await loaded.ready
  const without: number[] = []
  const withHang: number[] = []
  let last: Measured | undefined
  for (let round = 0; round < ROUNDS; round++) {
    without.push((await runOnce(loaded, undefined, options)).elapsedMs)
    last = await runOnce(loaded, hang, options)
    withHang.push(last.elapsedMs)
    if (last.completed !== TASKS - 1 || last.timedOut.length !== 1 || last.timedOut[0] !== HANGING) wrong++
  }
  await loaded.close()
  const before = spreadOf(without).median
  const after = spreadOf(withHang).median
  const verdict = after - before < TARGET_MS ? 'met' : 'MISSED'
  console.log(name)
  console.log(
    `  completed ${last?.completed}, timedOut ${last?.timedOut.length} (index ${String(last?.timedOut)}), other ${last?.others}, threads replaced ${last?.threadsReplaced}`,
  )
  console.log(
    `  ${before.toFixed(0)} ms without, ${after.toFixed(0)} ms with: ${(after - before).toFixed(0)} ms longer; target < ${TARGET_MS} ms ${verdict}\n`,
  )
}
await engine.close()
if (wrong > 0) {
  console.log(`${wrong} runs did not give exactly one timedOut and ${TASKS - 1} verdicts`)
  process.exitCode = 1
}
