import type { Foretold, RecordTimes } from './foretell.ts'
import { foretell } from './foretell.ts'
import type { PlanFindings } from './measure-plan.ts'
import type { StepTimes } from './step-times.ts'
import { independence, stagesOf } from './steps.ts'

/** A check of the chain: what it needs, what it is independent of, and what it took. */
export interface PlannedStep extends StepTimes {
  readonly name: string
  readonly after: readonly string[]
  readonly independentOf: readonly string[]
  readonly barriers: number
}

/** What is known of a chain; `--json` writes it. */
export interface ChainPlan {
  readonly fanfold: 'plan'
  readonly version: 1
  readonly made: { readonly at: string; readonly node: string; readonly cores: number }
  readonly verifier: string | Readonly<Record<string, string>>
  readonly inputs: readonly string[]
  /** Records of the sample; cut: fewer than were asked for, since they took longer than the budget. */
  readonly sample: { readonly records: number; readonly isCut: boolean; readonly unsuccessful: number }
  readonly threads: number
  /** Checks at once, over all threads. */
  readonly concurrency: number
  /** Names of those that were set. */
  readonly limits: readonly string[]
  readonly steps: readonly PlannedStep[]
  /** Names, by the first stage in which all that a check waits for is done. */
  readonly stages: readonly (readonly string[])[]
  readonly perRecord: RecordTimes
  /** By mean times. */
  readonly criticalPath: readonly string[]
  /** The sample's checks, all in sequence, ms. */
  readonly sequentialMs: number
  readonly predicted: Foretold
  /** Absent where limits are set: of these the prediction knows nothing, and the more records, the more they bound. */
  readonly predictedPer1000?: Foretold
  readonly actualMs: number
}

/** What is known beside the measurements. */
export type PlanKnown = Pick<ChainPlan, 'made' | 'verifier' | 'inputs' | 'limits'>

/** Everything that follows from what was measured. */
export function chainPlan(findings: PlanFindings, known: PlanKnown): ChainPlan {
  const { steps, times, perRecord, threads, concurrency, report, isCut, actualMs } = findings
  const { records } = times
  const names = (places: readonly number[]): readonly string[] => places.map((place) => steps[place]!.name)
  const independent = independence(steps)
  const took = times.steps()
  const fanOut = { threads, cores: known.made.cores, concurrency }
  const { errored, timedOut, crashed } = report.statuses
  return {
    fanfold: 'plan',
    version: 1,
    ...known,
    sample: { records, isCut, unsuccessful: errored + timedOut + crashed },
    threads,
    concurrency,
    steps: steps.map(({ name, after, barriers }, place) => ({
      name,
      after: names(after),
      independentOf: names(independent[place]!),
      barriers,
      ...took[place]!,
    })),
    stages: stagesOf(steps).map(names),
    perRecord,
    criticalPath: names(times.path().places),
    sequentialMs: perRecord.sequentialMs * records,
    predicted: foretell(perRecord, fanOut, records),
    ...(known.limits.length > 0 ? {} : { predictedPer1000: foretell(perRecord, fanOut, 1000) }),
    actualMs,
  }
}
