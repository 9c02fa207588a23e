import type { Order } from '../../options.ts'
import type { Command } from '../commands.ts'
import type { Event } from '../events.ts'
import type { CoordinatorOptions } from '../coordinator.ts'
import type { CoordinatorState } from '../state.ts'
import type { Merge } from './merge.ts'

/** What a schedule drives: the coordinator, or a broken one. */
export interface Machine {
  start(): readonly Command[]
  handle(event: Event, nowMs?: number): readonly Command[]
  readonly state: Readonly<CoordinatorState>
}

export interface PlayOptions {
  readonly isChecked?: boolean
  readonly makeMachine?: (lanes: number, options: CoordinatorOptions) => Machine
  readonly makeMerge?: (order: Order) => Merge
  /** Gets a line for each event and command. */
  readonly log?: (line: string) => void
}
