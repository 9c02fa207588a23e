import { setTimeout as sleep } from 'node:timers/promises'
import type { EngineOptions } from '@fanfold/core'
import { NOT_STARTED } from '../exit.ts'
import type { Ending } from '../exit.ts'
import { checkIndependence } from '../independence/check.ts'
import { WAYS, independenceText } from '../independence/independence-text.ts'
import type { Subject, Way } from '../independence/rounds.ts'
import type { Interruption } from '../interruption.ts'
import type { VerifyOptions } from '../options/verify-options.ts'
import { problemLine } from '../problem.ts'
import { terminalColumns } from '../wrap.ts'
import { readLimits } from './limits.ts'
import type { Prepared } from './prepare.ts'
import { engineOptions } from './run-options.ts'
import { refuseWhatIsReadOnce } from './read-once.ts'

/** On one thread nothing is beside anything else. */
const LEAST_THREADS = 2
/** Within this time nobody wonders what goes on, ms. */
const QUIET_MS = 2_000

/**
 * `--check-independence`: verifies a sample several times before the run, and tells on stderr whether its verdicts depend on
 * order or company.
 *
 * @param most - records of the sample
 * @returns how the process is to end, if the run is not to begin
 * @throws {FanfoldError} what the run itself would fail for; the reason of `interruption`, when it came
 */
export async function endingOfCheck(
  prepared: Prepared,
  options: VerifyOptions,
  most: number,
  interruption: Interruption,
): Promise<Ending | undefined> {
  await refuseWhatIsReadOnce(prepared.inputs, '--check-independence reads the first records several times')
  const limits = await readLimits(options.limits, options.limitOf)
  const count = Math.min(most, options.limit ?? Infinity)
  const tell = teller(options)
  const pause = (): Promise<void> => outlast(limits, interruption.soon)
  const between = (way: Way): Promise<void> => {
    tell(way)
    return pause()
  }
  const subject = subjectOf(prepared, options, limits)
  const { finding, isStuck } = await checkIndependence(subject, count, interruption, between)
  const { dependent, unrepeatable } = finding
  const isFit = dependent.length === 0 && unrepeatable.length === 0
  if (!isFit || options.progress !== 'json') process.stderr.write(independenceText(finding, terminalColumns()))
  if (isFit) {
    await pause()
    return undefined
  }
  process.stderr.write(
    problemLine(
      `nothing was verified or written: the verdicts would not be the same each time. ${dependent.length > 0 ? DEPENDENT : UNREPEATABLE} Without --check-independence the run begins all the same.`,
    ),
  )
  return { code: NOT_STARTED, isStuck }
}

const DEPENDENT = 'Have the verifier keep nothing of a record for the next ones: see docs/independence.md.'
const UNREPEATABLE = 'Find out what they depend on, the time, chance or a service: see docs/independence.md.'

/** Says what is being done, where that takes its time. */
function teller({ progress }: VerifyOptions): (way: Way) => void {
  const startedAt = performance.now()
  if (progress === 'json' || progress === 'none') return () => {}
  process.stderr.write('verifying the first records several times, in other orders …\n')
  return (way) => {
    if (performance.now() - startedAt > QUIET_MS) process.stderr.write(`${WAYS[way]} …\n`)
  }
}

function subjectOf(
  { inputs, verifier, config, engine, settings }: Prepared,
  options: VerifyOptions,
  limits: NonNullable<EngineOptions['limits']>,
): Subject {
  const { timeoutMs, concurrency, retry, shardSize } = settings
  const { pool, threadMemoryMb } = engineOptions(options, limits)
  return {
    verifier,
    config,
    source: inputs.source,
    threads: Math.max(LEAST_THREADS, engine.threads),
    // No recycling: a thread that is replaced has forgotten what it may have kept.
    engine: {
      limits,
      ...(pool === undefined ? {} : { pool }),
      ...(threadMemoryMb === undefined ? {} : { threadMemoryMb }),
    },
    run: {
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
      ...(concurrency === undefined ? {} : { concurrency }),
      ...(retry === undefined ? {} : { retry }),
      ...(shardSize === undefined ? {} : { shardSize }),
    },
  }
}

/** Each round has an engine of its own, which knows nothing of the calls that were begun before it. */
async function outlast(limits: NonNullable<EngineOptions['limits']>, signal: AbortSignal): Promise<void> {
  const windows = Object.values(limits).map(({ rate }) => rate?.perMs ?? 0)
  const longest = Math.max(0, ...windows)
  if (longest > 0) await sleep(longest, undefined, { signal })
}
