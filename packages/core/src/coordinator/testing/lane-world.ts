import type { Event, VerifierId } from '../events.ts'
import type { Random } from './random.ts'
import type { Scenario } from './scenario.ts'
import type { LimitWorld } from './simulated-shares.ts'
import type { SimulatedWork } from './simulated-thread.ts'

/** What lanes share: accidents that are still to happen, and the way to the coordinator. */
export interface LaneWorld extends LimitWorld {
  readonly scenario: Scenario
  readonly random: Random
  accidents: number
  emit(event: Event): void
  /** An accident may not happen to the same task alone twice: that would be the task's fault. */
  mayHaveAccident(work: SimulatedWork): boolean
}

/** Whether one happens now, to a lane that works on this. */
export function hasAccident(world: LaneWorld, work?: SimulatedWork): boolean {
  if (world.accidents === 0 || !world.random.chance(0.03)) return false
  if (work !== undefined && !world.mayHaveAccident(work)) return false
  world.accidents--
  return true
}

/** How one loading of a verifier ends, drawn at random. In a used thread its end may be anybody's fault. */
export function endOfLoad(
  world: LaneWorld,
  verifier: VerifierId,
  isBlank: boolean,
): 'loaded' | 'failed' | 'died' | 'accident' | 'stuck' {
  const { random, scenario } = world
  const { failing, dying } = scenario.verifiers.find(({ id }) => id === verifier)!
  if (!isBlank && hasAccident(world)) return random.chance(scenario.stuck) ? 'stuck' : 'accident'
  if (random.chance(dying)) return 'died'
  return random.chance(failing) ? 'failed' : 'loaded'
}
