import type { EngineOptions, RunOptions } from '@fanfold/core'
import type { VerifyOptions } from '../options/verify-options.ts'
import { badUsage } from '../problem.ts'

/** The options of the command line that are the engine's. */
export function engineOptions(
  { threads, threadMemory, recycleAfter, pool }: VerifyOptions,
  limits: NonNullable<EngineOptions['limits']>,
): EngineOptions {
  return {
    pool,
    limits,
    ...(threads === undefined ? {} : { threads }),
    // No limit of ours is Node's own.
    ...(threadMemory === undefined || threadMemory === Infinity ? {} : { threadMemoryMb: threadMemory }),
    ...(recycleAfter === undefined ? {} : { recycleAfter }),
  }
}

/**
 * The options of the command line that are the run's.
 *
 * @throws {FanfoldError} `FANFOLD_BAD_OPTION`
 */
export function runOptions(options: VerifyOptions): RunOptions {
  const { journal, resume = 'never', redrive, sourceId } = options
  const { timeout, concurrency, shardSize, retries, tolerate, halt, order, limit } = options
  if (halt !== undefined && tolerate === undefined)
    throw badUsage(
      `--halt ${halt} says how a run stops that exceeds --tolerate, and none is given. Add --tolerate 1%, or leave it out.`,
    )
  return {
    order,
    ...(timeout === undefined ? {} : { timeoutMs: timeout }),
    ...(concurrency === undefined ? {} : { concurrency }),
    ...(shardSize === undefined ? {} : { shardSize }),
    ...(retries === undefined ? {} : { retry: { retries } }),
    ...(tolerate === undefined ? {} : { tolerate }),
    ...(halt === undefined ? {} : { halt }),
    ...(limit === undefined ? {} : { limit }),
    ...(journal === undefined
      ? {}
      : { journal: { path: journal, resume, redrive, ...(sourceId === undefined ? {} : { sourceId }) } }),
  }
}
