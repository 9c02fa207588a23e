import { ESTIMATE_VERSION } from './estimate-file.ts'
import type { Estimate, SideFigures } from './estimate-file.ts'
import { BUSY, conclude, isWorthSetting, mostByCpu, ROUGH } from './conclude.ts'
import type { Conclusion } from './conclude.ts'
import type { Findings } from './measure.ts'
import { fitModel, leaveOneOutError, modelledMs, predict, predictGain } from './model.ts'
import type { Foretold, ObservedRound } from './model.ts'
import { totalOf } from './profile.ts'
import { measurementKey } from './rounds.ts'
import type { Measurement, Round } from './rounds.ts'
import type { Measured, RunSide, Side } from './side.ts'
import { difference, median, quantile, rangeOf } from './spread.ts'

/** What is known beside the measurements. */
export type Known = Pick<Estimate, 'made' | 'verifier' | 'input'> & {
  readonly pool: Estimate['settings']['pool']
  readonly timeoutMs: number | undefined
  readonly isWhole: boolean
  /** How many threads a run has for which nothing is set. */
  readonly defaultThreads: number
}

/** Everything that follows from the measurements. */
export function makeEstimate(findings: Findings, known: Known): Estimate {
  const { whole, rounds, sides, shards, concurrency, isWaiting } = findings
  const { made, verifier, input, pool, timeoutMs, isWhole } = known
  const noise = Math.max(...[sides.loop, ...sides.runs].map((side) => difference(msOf(rounds, side))))
  // What seems better on a machine that is busy may be so by chance.
  const best = (noise > BUSY ? usual : bestRun)(findings, known.defaultThreads)
  const model = fitModel(observed(findings, sides.runs, made.cores))
  const error = leaveOneOutError(observed(findings, sides.runs, made.cores))
  const { predicted, gain } = foretell(findings, known, best)
  const loop = { ...figuresOf(findings, sides.loop), concurrency: sides.loop.concurrency }
  const threads = sides.runs.map((side) => {
    const speedUp = rangeOf(gains(rounds, sides.loop, side))
    return { threads: side.threads, ...figuresOf(findings, side), speedUp, efficiency: speedUp.mid / side.threads }
  })
  const conclusion = conclude({ gain, rounds: rounds.length, noise, mostByCpu: mostByCpu(loop, threads) })
  return {
    fanfold: 'estimate',
    version: ESTIMATE_VERSION,
    made,
    verifier,
    input,
    sample: { tasks: whole.tasks, bytes: whole.bytes, isWhole: isWhole && whole.tasks === input.tasks },
    settings: {
      pool,
      ...(concurrency === undefined ? {} : { concurrency }),
      ...(timeoutMs === undefined || timeoutMs === Infinity ? {} : { timeoutMs }),
    },
    isWaiting,
    rounds: rounds.length,
    noise,
    loop,
    threads,
    shardSizes: shards.map((side) => ({
      shardSize: side.shardSize ?? 0,
      speed: rangeOf(gains(rounds, automatic(findings), side)),
    })),
    concurrencies: findings.concurrencies.map(({ concurrency: tried, measured }) => ({
      ...(tried === undefined ? {} : { concurrency: tried }),
      tasksPerSecond: perSecond(measured.tasks, measured.elapsedMs),
    })),
    ...activitiesOf(findings),
    model: { ...model, cores: made.cores, ...(Number.isNaN(error) ? {} : { error }) },
    ...(predicted === undefined ? {} : { predicted }),
    spread: sides.runs.map((side) => ({ threads: side.threads, ...errorOf(findings, side, made.cores) })),
    gain,
    conclusion,
    recommended: recommend(findings, known, best, conclusion),
    warnings: warningsOf(findings, noise, conclusion),
    measurements: rawOf(findings),
  }
}

/** The side that would be run anyway: the default number of threads, or the most that were tried. */
function usual({ sides: { runs } }: Findings, defaultThreads: number): RunSide {
  return runs.find(({ threads }) => threads === defaultThreads) ?? runs.at(-1)!
}

/** Other numbers of threads have to be faster for sure. */
function bestRun(findings: Findings, defaultThreads: number): RunSide {
  const { sides, rounds } = findings
  const anyway = usual(findings, defaultThreads)
  const better = sides.runs
    .filter((side) => side !== anyway && isWorthSetting({ gains: gains(rounds, anyway, side) }))
    .toSorted((a, b) => median(msOf(rounds, a)) - median(msOf(rounds, b)))
  return better[0] ?? anyway
}

function recommend(
  findings: Findings,
  { defaultThreads, pool }: Known,
  best: RunSide,
  conclusion: Conclusion,
): Estimate['recommended'] {
  const { concurrency, shards, rounds, concurrencies } = findings
  const isKnown = conclusion !== 'noisy' && conclusion !== 'short'
  const [size] = shards
    .filter((side) => isWorthSetting({ gains: gains(rounds, automatic(findings), side) }))
    .toSorted((a, b) => median(msOf(rounds, a)) - median(msOf(rounds, b)))
  const crashes = measuredOf(findings).some(({ crashed }) => crashed > 0)
  return {
    ...(!isKnown || best.threads === defaultThreads ? {} : { threads: best.threads }),
    // A concurrency that was given was not compared with anything.
    ...(concurrency === undefined || concurrencies.length === 0 ? {} : { concurrency }),
    ...(!isKnown || size?.shardSize === undefined ? {} : { shardSize: size.shardSize }),
    ...(crashes && pool === 'threads' ? { pool: 'processes' as const } : {}),
  }
}

/** For the whole input; where its size is not known, starts are left out of the gain. */
function foretell(findings: Findings, { input, made }: Known, best: RunSide): Pick<Estimate, 'predicted' | 'gain'> {
  const { sides, rounds, whole } = findings
  const tasks = input.tasks ?? whole.tasks
  const isKnown = input.tasks !== undefined
  const foretold = (of: readonly Side[], cores: number, side: Side): Foretold => ({
    rounds: observed(findings, of, made.cores),
    tasks,
    cores,
    beforeMs: isKnown ? median(rounds.map((round) => startMsOf(round, side))) : 0,
  })
  const loop = foretold([sides.loop], 1, sides.loop)
  const run = foretold(sides.runs, coresOf(best, made.cores), best)
  const gain = predictGain(loop, run)
  if (!isKnown) return { gain }
  const ms = predict(loop.rounds, tasks, 1)
  const loopMs = { mid: ms.mid + loop.beforeMs, low: ms.low + loop.beforeMs, high: ms.high + loop.beforeMs }
  const runMs = predict(run.rounds, tasks, run.cores)
  return { gain, predicted: { tasks, threads: best.threads, runMs, startMs: run.beforeMs, loopMs } }
}

/** The runs of these sides as the model sees them, round by round. */
function observed({ rounds, whole, small }: Findings, sides: readonly Side[], cores: number): readonly ObservedRound[] {
  return rounds.map((round) =>
    sides.flatMap((side) =>
      [whole, small].flatMap(({ tasks }, at) => {
        const measured = round.get(measurementKey({ side, size: at === 0 ? 'whole' : 'small' }))
        return measured === undefined ? [] : [{ cores: coresOf(side, cores), tasks, ms: measured.elapsedMs }]
      }),
    ),
  )
}

function coresOf(side: Side, cores: number): number {
  return side.kind === 'loop' ? 1 : Math.min(side.threads, cores)
}

function errorOf(findings: Findings, side: RunSide, cores: number): { low: number; mid: number; high: number } {
  const rounds = observed(findings, findings.sides.runs, cores)
  const { tasks } = findings.whole
  const { low, mid, high } = predict(rounds, tasks, coresOf(side, cores))
  const modelled = modelledMs(fitModel(rounds), tasks, coresOf(side, cores))
  return { low: low / modelled, mid: mid / modelled, high: high / modelled }
}

/** The run with the most threads, for which other shard sizes were tried. */
function automatic({ sides: { runs } }: Findings): RunSide {
  return runs.at(-1)!
}

function figuresOf({ rounds, whole }: Findings, side: Side): SideFigures {
  const measured = rounds.flatMap((round) => round.get(measurementKey({ side, size: 'whole' })) ?? [])
  const elapsedMs = median(measured.map((one) => one.elapsedMs))
  return {
    startMs: median(measured.map(({ startMs }) => startMs)),
    elapsedMs,
    tasksPerSecond: perSecond(whole.tasks, elapsedMs),
    bytesPerSecond: perSecond(whole.bytes, elapsedMs),
    cpuMsPerTask: median(measured.map(({ cpuMs }) => cpuMs)) / whole.tasks,
  }
}

function msOf(rounds: readonly Round[], side: Side): readonly number[] {
  return rounds.flatMap((round) => round.get(measurementKey({ side, size: 'whole' }))?.elapsedMs ?? [])
}

function startMsOf(round: Round, side: Side): number {
  return round.get(measurementKey({ side, size: 'whole' }))?.startMs ?? NaN
}

/** How many times as fast the second is, round by round. */
function gains(rounds: readonly Round[], side: Side, other: Side): readonly number[] {
  const [slow, fast] = [msOf(rounds, side), msOf(rounds, other)]
  return slow.map((ms, at) => ms / (fast[at] ?? NaN))
}

function perSecond(count: number, ms: number): number {
  return ms === 0 ? 0 : (count / ms) * 1000
}

/**
 * The profiler samples by the clock, and its own work is in it: it tells shares. Of what they are shares is the processor
 * time of the runs without it.
 */
function activitiesOf(findings: Findings): Pick<Estimate, 'activities'> {
  const { activities } = findings
  if (activities === undefined) return {}
  const total = totalOf(activities)
  const { cpuMsPerTask } = figuresOf(findings, automatic(findings))
  const us = (cpuMsPerTask === 0 ? total / findings.whole.tasks : cpuMsPerTask) * 1000
  const of = (ms: number): number => (ms / total) * us
  const { read, cut, parse, verify, merge, dispatch, collection, other } = activities
  return {
    activities: {
      read: of(read),
      cut: of(cut),
      parse: of(parse),
      verify: of(verify),
      merge: of(merge),
      dispatch: of(dispatch),
      collection: of(collection),
      other: of(other),
    },
  }
}

function measuredOf({ rounds }: Findings): readonly Measured[] {
  return rounds.flatMap((round) => [...round.values()])
}

/** Of which records have no verdict, the time may be that of failing. */
const MANY = 0.01

function warningsOf(findings: Findings, noise: number, conclusion: Conclusion): readonly string[] {
  const warnings: string[] = []
  const all = measuredOf(findings)
  const without = quantile(
    all.map(({ tasks, completed }) => (tasks - completed) / tasks),
    0.5,
  )
  const first = all.find(({ firstError }) => firstError !== undefined)?.firstError
  const why = first === undefined ? '' : `; the first error: ${first}`
  if (without === 1)
    warnings.push(`no record of the sample has a verdict: what was measured is how fast the verifier fails${why}`)
  else if (without > MANY)
    warnings.push(
      `${Math.round(without * 100)}% of the sample have no verdict: what they cost may be another matter${why}`,
    )
  else if (first !== undefined) warnings.push(`some records of the sample have no verdict${why}`)
  if (all.some(({ timedOut }) => timedOut > 0))
    warnings.push('some records timed out, and their waiting is in the times')
  if (all.some(({ crashed }) => crashed > 0))
    warnings.push('some records ended their thread, and its replacement is in the times')
  // That nothing can be concluded has been said, and why.
  if (noise > ROUGH && conclusion !== 'noisy')
    warnings.push(
      `the machine was busy: the same side differed by ${Math.round(noise * 100)}% between rounds; what is predicted is rough`,
    )
  return warnings
}

function rawOf({ rounds, sides, shards }: Findings): Estimate['measurements'] {
  const measurements: readonly Measurement[] = [
    ...[sides.loop, ...sides.runs, ...shards].flatMap((side) => [
      { side, size: 'whole' as const },
      { side, size: 'small' as const },
    ]),
  ]
  return rounds.flatMap((round, at) =>
    measurements.flatMap((measurement) => {
      const measured = round.get(measurementKey(measurement))
      return measured === undefined ? [] : [{ round: at + 1, ...measurement, ...measured }]
    }),
  )
}
