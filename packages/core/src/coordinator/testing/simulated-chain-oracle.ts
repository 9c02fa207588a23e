import { CHECK_CRASHED, CHECK_SKIPPED, CHECK_TIMED_OUT } from '@fanfold/workers/protocol'
import type { CheckTerms } from '@fanfold/workers/protocol'
import type { RetryPolicy } from '../../policy/retry.ts'
import type { KeepChecks, Settle, SettleCheck } from '../commands.ts'
import type { LimitName } from '../events.ts'
import type { CheckNature } from './chain-scenario.ts'
import { mustBeRight } from './check-oracle.ts'
import { must } from './must.ts'
import { fatesOf } from './oracle.ts'
import type { Settled, WorkTask, WorkUnit } from './simulated-work.ts'

interface ChainTask extends WorkTask {
  readonly index: number
}

export function unitOf(nature: CheckNature, limit: LimitName | undefined): WorkUnit {
  const limits = limit === undefined || limit === '' ? [] : [limit]
  return { nature, valueBytes: 0, limits, deaths: 0, failures: 0, isRunning: false }
}

/** Holds what becomes of a chain's tasks, and is kept of them between attempts, against the oracle of checks. */
export class SimulatedChainOracle {
  readonly #checks: readonly CheckTerms[]
  readonly #retry: RetryPolicy

  constructor(checks: readonly CheckTerms[], retry: RetryPolicy) {
    this.#checks = checks
    this.#retry = retry
  }

  /** A task as its thread has settled it. */
  mustBeRight({ index, nature, accidentsAlone, ...task }: ChainTask, { checks }: Settled, isCutShort: boolean): void {
    must(nature === 'passes', `task ${index} (${nature}) has been run`)
    const { codes, attempts } = checks!
    mustBeRight({ index, natures: task.checks, codes, attempts, accidentsAlone }, this.#checks, this.#retry, isCutShort)
  }

  /** A task that ends without its thread's word: by its checks that is never so. */
  mustBeUnrun(task: ChainTask, status: Settle['status'], isCutShort: boolean): void {
    const fates = task.nature === 'passes' ? ['aborted'] : fatesOf(task, this.#retry, true)
    const isRight = fates.includes(status) && (status !== 'aborted' || isCutShort)
    must(isRight, `task ${task.index} (${task.nature}) is settled ${status}`)
  }

  /** What its checks have come to that are not tried again. */
  keep({ position, batch, again }: KeepChecks, task: ChainTask): void {
    const settled = batch as readonly Settled[] // what the simulated lane gave with the event
    const { codes, attempts } = settled.find((each) => each.position === position)!.checks!
    for (const [check, code] of codes.entries()) {
      if (code !== CHECK_SKIPPED && !again.includes(check)) note(task, check, code, attempts[check]!)
    }
  }

  settle({ check, status, attempts }: SettleCheck, task: ChainTask): void {
    const code = status === 'crashed' ? CHECK_CRASHED : CHECK_TIMED_OUT
    must(task.kept?.ended.has(check) !== true, `check ${check} of task ${task.index} is settled again`)
    note(task, check, code, attempts)
  }
}

function note(task: ChainTask, check: number, code: number, attempts: number): void {
  task.kept = { ended: new Map(task.kept?.ended).set(check, { code, attempts }) }
}
