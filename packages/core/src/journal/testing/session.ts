/**
 * A small run with a journal and an output, in a process that can be killed at any moment. It goes over the tasks that
 * are not settled, as a run would; every tenth task is unsuccessful until it is redriven. For what a power cut leaves, it
 * tells on descriptor 3 how much of which file has become durable.
 *
 * Arguments: folder, number of tasks, then any of `input`, `redrive`, `quick`.
 */
import { open, readlink } from 'node:fs/promises'
import { writeSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { openJournal } from '../journal.ts'
import { batchOf } from './batches.ts'
import type { Told } from './batches.ts'
import { LineOutput } from './line-output.ts'
import { IDENTITY } from './written.ts'

const [folder, tasks, ...words] = process.argv.slice(2)
const TASKS = Number(tasks)
const BATCH = 20
const isRedrive = words.includes('redrive')

await tellWhatIsDurable()
console.log('started')
const output = new LineOutput(`${folder}/out`)
const order = words.includes('input') ? 'input' : 'arrival'
const opened = await openJournal(
  { ...IDENTITY, order, output: output.settings },
  {
    path: `${folder}/journal`,
    resume: 'unfinished',
    redrive: isRedrive,
    output,
    onFailed: (error) => {
      throw error
    },
  },
)
if (opened.state === 'running') {
  const { journal, settled } = opened
  const batches = batchesOf(settled.pendingIn(0, TASKS))
  for (const batch of order === 'input' ? batches : batches.toReversed()) {
    journal.given(batchOf(batch))
    for (const told of batch) output.write(`${JSON.stringify(told)}\n`)
    await output.flush()
    if (!words.includes('quick')) await wait(4)
    journal.askedForNext()
  }
  await journal.end({ report: { tasks: TASKS }, sourceExhausted: true, total: TASKS })
  await journal.close()
}
await output.close()
console.log(opened.state)

function batchesOf(ranges: readonly number[]): Told[][] {
  const told: Told[] = []
  for (let i = 0; i < ranges.length; i += 2) {
    for (let index = ranges[i]!; index < ranges[i + 1]!; index++) {
      told.push({ index, status: !isRedrive && index % 10 === 3 ? 'errored' : 'completed' })
    }
  }
  return Array.from({ length: Math.ceil(told.length / BATCH) }, (_, i) => told.slice(i * BATCH, (i + 1) * BATCH))
}

/** Files are synced by the real calls; these are only listened to. */
async function tellWhatIsDurable(): Promise<void> {
  const any = await open('/dev/null')
  const handles = Object.getPrototypeOf(any) as Record<'datasync' | 'sync', (this: typeof any) => Promise<void>>
  await any.close()
  for (const name of ['datasync', 'sync'] as const) {
    const original = handles[name]
    handles[name] = async function () {
      const [path, { size }] = await Promise.all([readlink(`/proc/self/fd/${this.fd}`), this.stat()])
      await original.call(this)
      writeSync(3, `${JSON.stringify([path, size])}\n`)
    }
  }
}
