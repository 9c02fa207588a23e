import type { Event, LaneId, VerifierId } from '../events.ts'
import { hasAccident } from './lane-world.ts'
import type { LaneWorld } from './lane-world.ts'

/** What a lane tells when a load or an unload is over, or how its thread died of it. */
type End = Event | 'died' | 'stuck'

/** The verifiers of one lane. */
export class LaneLoads {
  /** All and only verifiers that its thread has set up. */
  readonly loaded = new Set<VerifierId>()
  readonly failed = new Set<VerifierId>()
  /** Its thread has answered no load. */
  #isBlank = true
  readonly #lane: LaneId
  readonly #world: LaneWorld

  constructor(lane: LaneId, world: LaneWorld) {
    this.#lane = lane
    this.#world = world
  }

  threadStarted(): void {
    this.#isBlank = true
  }

  threadDied(): void {
    this.loaded.clear()
  }

  load(verifier: VerifierId): End {
    const end = this.#endOfLoad(verifier)
    if (end === 'accident') return 'died'
    if (end === 'died' && this.#isBlank) this.failed.add(verifier)
    if (end === 'died' || end === 'stuck') return end
    this.#isBlank = false
    const told = { lane: this.#lane, verifier }
    if (end === 'failed') {
      this.failed.add(verifier)
      return { type: 'verifierFailed', ...told, error: new Error('setup failed') }
    }
    this.loaded.add(verifier)
    const { checks } = this.#world.scenario.verifiers.find(({ id }) => id === verifier)!
    return { type: 'verifierLoaded', ...told, checks }
  }

  /** Drawn at random. In a used thread its end may be anybody's fault. */
  #endOfLoad(verifier: VerifierId): 'loaded' | 'failed' | 'died' | 'accident' | 'stuck' {
    const { random, scenario } = this.#world
    const { failing, dying } = scenario.verifiers.find(({ id }) => id === verifier)!
    if (!this.#isBlank && hasAccident(this.#world)) return random.chance(scenario.stuck) ? 'stuck' : 'accident'
    if (random.chance(dying)) return 'died'
    return random.chance(failing) ? 'failed' : 'loaded'
  }

  unload(verifier: VerifierId): End {
    const { random, scenario } = this.#world
    if (hasAccident(this.#world)) return random.chance(scenario.stuck) ? 'stuck' : 'died'
    this.loaded.delete(verifier)
    return { type: 'verifierUnloaded', lane: this.#lane, verifier }
  }
}
