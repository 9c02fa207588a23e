import { badUsage } from '../problem.ts'
import type { VerifyOptions } from '../options/verify-options.ts'
import { defaultThreads } from './default-threads.ts'
import { readEstimate } from './estimate-file.ts'
import type { Estimate } from './estimate-file.ts'
import { modelledMs } from './model.ts'
import type { Range } from './spread.ts'

/** What a run is, as far as an estimate has to be of the same. */
export interface RunToPredict {
  readonly url: string
  readonly config: unknown
  readonly format: string
}

/**
 * Reads an estimate, and refuses one that says nothing about this run.
 *
 * @throws {FanfoldError} `FANFOLD_BAD_OPTION`: no estimate, or one of another verifier, configuration, format or pool
 */
export async function readEstimateFor(path: string, run: RunToPredict, options: VerifyOptions): Promise<Estimate> {
  const estimate = await readEstimate(path)
  const { verifier, input, settings, isWaiting } = estimate
  const { verifierDigest } = await import('./verifier-digest.ts')
  const digest = await verifierDigest(run.url, run.config)
  const again = 'Run fanfold estimate again, or leave --estimate out.'
  const other = (what: string, remedy = again): Error =>
    badUsage(`--estimate '${path}' is of another run: ${what}. ${remedy}`)
  const otherOption = (option: string): Error =>
    other(`it was made with ${option}`, `Give ${option} here too, or leave --estimate out.`)
  if (digest.sha256 !== verifier.sha256)
    throw other(`it was made with '${verifier.path}', which is another verifier or has changed since`)
  if (digest.config !== verifier.config) throw other("the verifier's configuration has changed since")
  if (input.format !== run.format) throw other(`its input is ${input.format}, and this one is ${run.format}`)
  if (settings.pool !== options.pool) throw otherOption(`--pool ${settings.pool}`)
  const concurrency = options.concurrency === 'auto' ? undefined : options.concurrency
  // For one that does not wait it is only a number.
  if (isWaiting && settings.concurrency !== concurrency)
    throw settings.concurrency === undefined
      ? other('it was made without --concurrency', 'Leave --concurrency out, or run fanfold estimate again with it.')
      : otherOption(`--concurrency ${settings.concurrency}`)
  return estimate
}

/** What an estimate says of a run that has come to its end. */
export interface Prediction {
  readonly ms: Range
  /** For how many records; they are those of the run unless the estimate was of the same input. */
  readonly tasks: number
  /** Of the machine on which the estimate was made, when it was another. */
  readonly cores?: number
}

/** @param total - records that were verified; @param bytes - of all inputs, unless only some records were asked for */
export function predictionFor(
  estimate: Estimate,
  threads: number,
  total: number,
  bytes: number | undefined,
): Prediction {
  const { predicted, input, model, spread, made } = estimate
  const isSame = bytes !== undefined && input.bytes === bytes && predicted !== undefined
  const tasks = isSame ? predicted.tasks : total
  const cores = made.cores === defaultThreads() ? {} : { cores: made.cores }
  if (isSame && predicted.threads === threads) return { ms: predicted.runMs, tasks, ...cores }
  const ms = modelledMs(model, tasks, Math.min(threads, model.cores))
  const { low, mid, high } = nearest(spread, threads)
  return { ms: { low: ms * low, mid: ms * mid, high: ms * high }, tasks, ...cores }
}

function nearest(spread: Estimate['spread'], threads: number): Range {
  const sorted = spread.toSorted((a, b) => Math.abs(a.threads - threads) - Math.abs(b.threads - threads))
  return sorted[0] ?? { low: 1, mid: 1, high: 1 }
}
