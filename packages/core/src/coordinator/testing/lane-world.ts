import type { Event } from '../events.ts'
import type { Random } from './random.ts'
import type { Scenario } from './scenario.ts'
import type { LimitWorld } from './simulated-shares.ts'
import type { SimulatedWork } from './simulated-work.ts'

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
