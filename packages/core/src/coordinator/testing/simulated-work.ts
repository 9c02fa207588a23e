import { ABORTED, COMPLETED, ERRORED, TIMED_OUT } from '@fanfold/workers/protocol'
import type { CheckTerms } from '@fanfold/workers/protocol'
import type { Dispatch } from '../commands.ts'
import type { Unsuccessful } from '../events.ts'
import type { CheckNature } from './chain-scenario.ts'
import type { Nature, TaskPlan } from './scenario.ts'
import type { KeptChecks, SimulatedChecks } from './simulated-chain.ts'
import type { LimitMessage } from './simulated-shares.ts'

/** One task's outcome as the thread settled it. */
export interface Settled {
  readonly position: number
  readonly status: number
  readonly valueBytes: number
  /** Of a chain. */
  readonly checks?: SimulatedChecks
}

/** What a thread has posted and the main thread has not received. */
export type Message = { readonly assignment: number } & (
  | { readonly type: 'part'; readonly settled: readonly Settled[]; readonly unsuccessful: readonly Unsuccessful[] }
  | { readonly type: 'ended'; readonly suspects: readonly number[]; readonly abandoned: number }
  | { readonly type: 'stopped'; readonly from: number }
  | { readonly type: 'limitUsed'; readonly use: LimitMessage }
)

/** What executes: a task, or a check of one. */
export interface WorkUnit extends Pick<TaskPlan, 'valueBytes' | 'limits'> {
  readonly nature: Nature | CheckNature

  /** How often it took its thread down. */
  deaths: number
  /** How often it threw, or blocked. */
  failures: number
  /** A thread executes it at this moment: two at once may never do. */
  isRunning: boolean
}

export interface WorkTask extends WorkUnit, TaskPlan {
  readonly nature: Nature
  readonly units: readonly WorkUnit[]
  /** What earlier attempts of a chain have left. */
  kept: KeptChecks | undefined
  /** How often something else took its thread down while it was alone there. */
  accidentsAlone: number
}

export interface SimulatedWork {
  readonly dispatch: Dispatch
  readonly isAsync: boolean
  /** The task at a position of the shard. */
  readonly task: (position: number) => WorkTask
  /** When it is a chain. */
  readonly checks: readonly CheckTerms[] | undefined
}

export function isPoison({ dispatch: { ranges }, task }: SimulatedWork): boolean {
  for (let i = 0; i < ranges.length; i += 2)
    for (let position = ranges[i]!; position < ranges[i + 1]!; position++)
      if (task(position).nature === 'poisons') return true
  return false
}

/** Those of a thread's outcomes that are no verdict. */
export function unsuccessfulOf(settled: readonly Settled[], { mayRetry }: Pick<Dispatch, 'mayRetry'>): Unsuccessful[] {
  return settled.flatMap(({ position, status, checks }): Unsuccessful[] => {
    if (checks !== undefined && checks.failed.length > 0)
      return [{ position, failure: undefined, checks: checks.failed }]
    if (checks !== undefined)
      return status === COMPLETED || status === ABORTED ? [] : [{ position, failure: undefined }]
    if (status === TIMED_OUT) return [{ position, failure: 'timeout' }]
    return status === ERRORED ? [{ position, failure: mayRetry ? 'throw' : undefined }] : []
  })
}
