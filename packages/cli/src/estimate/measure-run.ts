import { Engine, csv, lines, ndjson } from '@fanfold/core'
import type { Report, Source } from '@fanfold/core'
import { errorLine } from '../problem.ts'
import { cpuMsSince } from './cpu-time.ts'
import type { SampleFile } from './sample-file.ts'
import type { Measured, RunSide, SideRequest } from './side.ts'

/**
 * Has Fanfold verify the sample once, in this process.
 *
 * @throws {FanfoldError} when the verifier cannot be started, or the run fails
 */
export async function measureRun(
  { subject, sample }: SideRequest,
  { threads, concurrency, shardSize }: RunSide,
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
    // That of child processes is not to be had while they live.
    const cpuMs = pool === 'processes' ? 0 : cpuMsSince(before)
    return { ...countsOf(report), startMs, elapsedMs: report.elapsedMs, cpuMs, ...NOT_A_LOOP }
  } finally {
    await engine.close()
  }
}

const NOT_A_LOOP = { promised: 0, waitingShare: 0, warmMsPerTask: undefined }

type Counts = Pick<Measured, 'tasks' | 'completed' | 'crashed' | 'timedOut' | 'firstError'>

function countsOf({ total, statuses, firstErrors: [first] }: Report): Counts {
  const { completed, crashed, timedOut } = statuses
  const why = first === undefined ? {} : { firstError: errorLine(first.error) }
  return { tasks: total, completed, crashed, timedOut, ...why }
}

/** The records as a run reads them. */
function sourceOf({ path, format }: SampleFile, maxRecordBytes: number | undefined): Source {
  const options = maxRecordBytes === undefined ? {} : { maxRecordBytes }
  switch (format.name) {
    case 'ndjson':
      return ndjson(path, options)
    case 'csv':
      return csv(path, { ...options, delimiter: format.delimiter })
    case 'lines':
      return lines(path, options)
  }
}
