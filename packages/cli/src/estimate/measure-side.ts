import { Engine } from '@fanfold/core'
import type { Report } from '@fanfold/core'
import { PlainLoop } from '@fanfold/workers/plain-loop'
import { payloadsOf, sourceOf } from './sample-file.ts'
import type { Measured, Side, SideRequest } from './side.ts'

const START_TIMEOUT_MS = 30_000

/**
 * Does the work of one side once, in this process.
 *
 * @throws {FanfoldError} when the verifier cannot be started
 */
export async function measureSide(request: SideRequest): Promise<Measured> {
  const { side } = request
  return side.kind === 'loop' ? measureLoop(request, side) : measureRun(request, side)
}

async function measureRun(
  { subject, sample }: SideRequest,
  { threads, concurrency, shardSize }: Side & { readonly kind: 'run' },
): Promise<Measured> {
  const { url, config, pool, timeoutMs, threadMemoryMb, maxRecordBytes } = subject
  const engine = new Engine({ threads, pool, ...(threadMemoryMb === undefined ? {} : { threadMemoryMb }) })
  try {
    const verifier = engine.load(url, { config })
    await verifier.ready
    const startMs = performance.now()
    const before = process.cpuUsage()
    const run = verifier.run(sourceOf(sample, maxRecordBytes), {
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
      ...(concurrency === undefined ? {} : { concurrency }),
      ...(shardSize === undefined ? {} : { shardSize }),
    })
    const report = await run.report()
    if (report.failure !== undefined) throw report.failure
    return { ...countsOf(report), startMs, elapsedMs: report.elapsedMs, cpuMs: cpuMsSince(before), ...NOT_A_LOOP }
  } finally {
    await engine.close()
  }
}

const NOT_A_LOOP = { promised: 0, waitingShare: 0, warmMsPerTask: undefined }

function countsOf({ total, statuses }: Report): Pick<Measured, 'tasks' | 'completed' | 'crashed' | 'timedOut'> {
  return { tasks: total, completed: statuses.completed, crashed: statuses.crashed, timedOut: statuses.timedOut }
}

async function measureLoop(
  { subject, sample, stopAfterMs }: SideRequest,
  { concurrency }: Side & { readonly kind: 'loop' },
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

function cpuMsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}
