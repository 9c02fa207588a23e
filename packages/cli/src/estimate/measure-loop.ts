import { open } from 'node:fs/promises'
import { PlainLoop } from '@fanfold/workers/plain-loop'
import { cpuMsSince } from './cpu-time.ts'
import type { TextPayload } from './sample.ts'
import type { SampleFile } from './sample-file.ts'
import type { LoopSide, Measured, SideRequest } from './side.ts'

const START_TIMEOUT_MS = 30_000

/**
 * Has a plain loop verify the sample once, in this process. Nothing of the engine is imported here: a loop of somebody's
 * own would not load it either, and the start is compared too.
 *
 * @throws {FanfoldError} when the verifier cannot be started
 */
export async function measureLoop(
  { subject, sample, stopAfterMs }: SideRequest,
  { concurrency }: LoopSide,
): Promise<Measured> {
  const loop = await PlainLoop.open(subject.url, subject.config, concurrency, START_TIMEOUT_MS)
  const startMs = performance.now()
  const before = process.cpuUsage()
  const marks: Mark[] = []
  // Without the reads. Unlike processor time this does not mistake a busy machine for a verifier that waits.
  const waited = { idle: 0, active: 0 }
  for await (const payload of payloadsOf(sample)) {
    const beforeRun = performance.eventLoopUtilization()
    await loop.run(payload)
    const { idle, active } = performance.eventLoopUtilization(beforeRun)
    waited.idle += idle
    waited.active += active
    marks.push({ atMs: performance.now() - startMs, tasks: loop.counts.tasks })
    if (stopAfterMs !== undefined && performance.now() - startMs >= stopAfterMs) break
  }
  await loop.close()
  const { tasks, promised, unsuccessful } = loop.counts
  return {
    startMs,
    elapsedMs: performance.now() - startMs,
    cpuMs: cpuMsSince(before),
    tasks,
    completed: tasks - unsuccessful,
    crashed: 0,
    timedOut: 0,
    promised,
    waitingShare: waited.idle / Math.max(waited.idle + waited.active, 1e-9),
    warmMsPerTask: warmMsPerTask(marks),
  }
}

interface Mark {
  readonly atMs: number
  readonly tasks: number
}

/** From the mark that is nearest below the middle to the last one. */
function warmMsPerTask(marks: readonly Mark[]): number | undefined {
  const last = marks.at(-1)
  if (last === undefined) return undefined
  const from = marks.findLast(({ tasks }) => tasks <= last.tasks / 2) ?? { atMs: 0, tasks: 0 }
  return (last.atMs - from.atMs) / (last.tasks - from.tasks)
}

/** The records as a plain loop gets them: read block by block, and not cut yet. */
async function* payloadsOf({ path, format, stretches }: SampleFile): AsyncGenerator<TextPayload> {
  const file = await open(path)
  try {
    let first = 0
    for (const { at, bytes: length, tasks } of stretches) {
      const bytes = new Uint8Array(length)
      await file.read(bytes, 0, length, at)
      yield { kind: 'text', format, bytes, firstIndex: first, firstLine: first + 1, file: undefined }
      first += tasks
    }
  } finally {
    await file.close()
  }
}
