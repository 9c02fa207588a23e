import type { VerifierId } from '../events.ts'
import { must } from './must.ts'
import type { Scenario } from './scenario.ts'
import type { SimulatedLane } from './simulated-lane.ts'

/** Verifiers by what the coordinator has told about them, held against where they are. */
export class SimulatedVerifiers {
  readonly #lanes: readonly SimulatedLane[]
  readonly #told = new Set<VerifierId>()
  readonly #removed = new Set<VerifierId>()
  readonly #gone = new Set<VerifierId>()

  constructor(lanes: readonly SimulatedLane[]) {
    this.#lanes = lanes
  }

  get removed(): ReadonlySet<VerifierId> {
    return this.#removed
  }

  remove(verifier: VerifierId): void {
    this.#removed.add(verifier)
  }

  readinessTold(verifier: VerifierId, isUsable: boolean): void {
    must(!this.#told.has(verifier), `verifier ${verifier}: its readiness was told twice`)
    this.#told.add(verifier)
    if (isUsable || this.#removed.has(verifier)) return
    must(this.isHopeless(verifier), `verifier ${verifier} is unusable for no reason`)
  }

  /** No lane is left on which the verifier could run. */
  isHopeless(verifier: VerifierId): boolean {
    return this.#lanes.every(
      ({ phase, loads }) => ['stuck', 'closed'].includes(phase.name) || loads.failed.has(verifier),
    )
  }

  /** @param isInUse - a run that has not ended uses it */
  goneTold(verifier: VerifierId, isInUse: boolean): void {
    must(this.#removed.has(verifier), `verifier ${verifier} is gone, but was not removed`)
    for (const { id, phase, loads } of this.#lanes) {
      const isThere = loads.loaded.has(verifier) || (phase.name === 'loading' && phase.verifier === verifier)
      must(!isThere, `verifier ${verifier} is gone, but lane ${id} has it`)
    }
    must(!isInUse, `verifier ${verifier} is gone, but a run uses it`)
    this.#gone.add(verifier)
  }

  /** Nothing can happen any more. */
  checkEnd({ verifiers }: Scenario): void {
    for (const { id, removeAt } of verifiers) {
      must(removeAt === undefined || this.#gone.has(id), `verifier ${id} is not gone`)
      must(this.#told.has(id) || removeAt !== undefined, `nothing was told about verifier ${id}`)
    }
  }
}
