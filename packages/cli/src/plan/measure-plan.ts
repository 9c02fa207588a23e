import { Engine } from '@fanfold/core'
import type { Batch, EngineOptions, LoadedVerifier, Report, RunOptions, Source } from '@fanfold/core'
import { verifierName } from '../commands/verifier-location.ts'
import type { GivenVerifier } from '../commands/verifier-location.ts'
import { cpuMsSince } from '../estimate/cpu-time.ts'
import type { Interruption } from '../interruption.ts'
import { withPatience } from '../patience.ts'
import { badUsage } from '../problem.ts'
import { sampleVerdicts, verdictsText } from '../sample-verdicts.ts'
import { whenAborted } from '../when-aborted.ts'
import { usualConcurrency } from './foretell.ts'
import type { RecordTimes } from './foretell.ts'
import { SampleTimes } from './step-times.ts'
import { stepsOf } from './steps.ts'
import type { Step } from './steps.ts'

/** What is measured. */
export interface PlanSubject {
  readonly verifier: GivenVerifier
  readonly config: unknown
  /** Can be opened any number of times. */
  readonly source: Source
  readonly engine: EngineOptions
  readonly run: RunOptions
  /** Checks at once, over all threads; `undefined` for what the chain itself suggests. */
  readonly concurrency: number | undefined
  /** Records of the sample. */
  readonly records: number
  /** For the records one after the other, ms. */
  readonly budgetMs: number
}

/** What came of it. */
export interface PlanFindings {
  readonly steps: readonly Step[]
  readonly times: SampleTimes
  readonly perRecord: RecordTimes
  readonly threads: number
  readonly concurrency: number
  /** The sample fanned out, ms. */
  readonly actualMs: number
  /** The records one after the other took longer than the budget: the sample is smaller than was asked for. */
  readonly isCut: boolean
  /** Of the records fanned out. */
  readonly report: Report
  /** A thread could not be ended. */
  readonly isStuck: boolean
}

/** Which of the two: one record after the other, or all threads. */
export type Phase = 'one by one' | 'fanned out'

/** The code has to be warm: a sample that is over sooner is measured again, and the last time counts, ms. */
const WARM_MS = 2_000
const MOST_ROUNDS = 3

/**
 * Verifies the sample one record at a time, and then fanned out, on the same threads.
 *
 * @throws {FanfoldError} what is no chain, cannot start, or has no record that came to a verdict; the reason of
 * `interruption`, when it came
 */
export async function measurePlan(
  subject: PlanSubject,
  interruption: Interruption,
  onPhase: (phase: Phase) => void,
): Promise<PlanFindings> {
  const engine = new Engine(subject.engine)
  try {
    const loaded = engine.load(subject.verifier, { config: subject.config })
    await interruption.orSignal(loaded.ready)
    interruption.soon.throwIfAborted()
    const checks = await loaded.checks()
    if (checks === undefined) throw noChain(subject.verifier)
    const steps = stepsOf(checks)
    const startedAt = performance.now()
    for (let round = 1; ; round++) {
      const measured = await playBoth({ loaded, engine, steps, subject, interruption, onPhase })
      if (round < MOST_ROUNDS && performance.now() - startedAt < WARM_MS) continue
      const { stuckThreads } = await withPatience(engine.close(), interruption.now)
      return { ...measured, isStuck: stuckThreads.length > 0 }
    }
  } finally {
    await withPatience(engine.close(), interruption.now)
  }
}

interface Round {
  readonly loaded: LoadedVerifier
  readonly engine: Engine
  readonly steps: readonly Step[]
  readonly subject: PlanSubject
  readonly interruption: Interruption
  readonly onPhase: (phase: Phase) => void
}

async function playBoth(round: Round): Promise<Omit<PlanFindings, 'isStuck'>> {
  const { engine, steps, subject, onPhase } = round
  const { records, budgetMs } = subject
  const { threads } = engine
  onPhase('one by one')
  const alone = await play(round, { limit: records, concurrency: 1 }, budgetMs)
  const times = new SampleTimes(steps)
  // Made into objects only now: that would cost processor time while it is measured.
  for (const batch of alone.batches) for (let i = 0; i < batch.length; i++) times.add(batch.at(i))
  if (times.records === 0) throw badUsage('the inputs have no records. Give a sample of some.')
  refuseWithoutVerdict(alone.report)
  const perRecord = times.perRecord(alone.cpuMs)
  const concurrency = subject.concurrency ?? usualConcurrency(perRecord, threads)
  onPhase('fanned out')
  const { report } = await play(round, { limit: times.records, concurrency })
  refuseWithoutVerdict(report)
  const { isCut } = alone
  return { steps, times, perRecord, threads, concurrency, actualMs: report.elapsedMs, isCut, report }
}

/** How fast checks fail says nothing of how fast they are. */
function refuseWithoutVerdict(report: Report): void {
  const verdicts = sampleVerdicts(report)
  if (verdicts.withVerdict === 0)
    throw badUsage(`there is nothing to plan: ${verdictsText(verdicts)}. Mend that first; fanfold verify tells more.`)
}

interface Played {
  readonly batches: readonly Batch[]
  readonly report: Report
  readonly cpuMs: number
  readonly isCut: boolean
}

async function play(
  { loaded, subject, interruption }: Round,
  options: RunOptions,
  stopAfterMs = Infinity,
): Promise<Played> {
  const before = process.cpuUsage()
  const run = loaded.run(subject.source, { ...subject.run, ...options })
  const forget = whenAborted(interruption.soon, () => run.cancel(interruption.soon.reason))
  const batches: Batch[] = []
  let isCut = false
  // One record at least is needed, however long it takes.
  const endOnceThereIsOne = (): void => {
    isCut = true
    if (batches.length > 0) run.cancel(new Error('the time is over'), { when: 'soon' })
  }
  const timer = stopAfterMs === Infinity ? undefined : setTimeout(endOnceThereIsOne, stopAfterMs)
  try {
    for await (const batch of run.batches()) {
      batches.push(batch)
      if (isCut) endOnceThereIsOne()
    }
    interruption.soon.throwIfAborted()
    return { batches, report: await run.report(), cpuMs: cpuMsSince(before), isCut }
  } finally {
    clearTimeout(timer)
    forget()
  }
}

function noChain(verifier: GivenVerifier): Error {
  return badUsage(
    `'${verifierName(verifier)}' is one verifier and no chain: there is nothing to plan. fanfold estimate tells what fan-out gains for it.`,
  )
}
