import { decodeError } from '@fanfold/workers/protocol'
import type { BackendEvent } from '../backend.ts'
import type { LaneId } from '../coordinator/events.ts'
import type { Waiting } from '../threads/waiting.ts'
import type { ChildAlive, FromChild, ThreadDied } from './messages.ts'
import { ownPart } from './own-part.ts'

/** What a child tells of its lane, and goes on living. */
export type Told = Exclude<FromChild, ThreadDied | ChildAlive | { readonly type: 'warning' | 'channel' | 'closed' }>

/** What each of them is the answer to. */
export const ANSWERS: Readonly<Record<Told['type'], Waiting['for'] | undefined>> = {
  opened: 'thread',
  loaded: 'load',
  loadFailed: 'load',
  unloaded: 'unload',
  part: undefined,
  assignmentEnded: 'shard',
  overdue: undefined,
  stopped: undefined,
  limitUsed: undefined,
}

/** The event of the port that a child's message is. */
export function eventOf(lane: LaneId, message: Told): BackendEvent {
  switch (message.type) {
    case 'opened':
      return { type: 'laneOpened', lane }
    case 'loaded':
      return { type: 'verifierLoaded', lane, verifier: message.verifier, checks: message.checks }
    case 'loadFailed':
      return { type: 'verifierFailed', lane, verifier: message.verifier, error: decodeError(message.error) }
    case 'unloaded':
      return { type: 'verifierUnloaded', lane, verifier: message.verifier }
    case 'part': {
      const { assignment, valueBytes } = message
      const batch = ownPart(message.part)
      const { positions, unsuccessful } = batch
      return { type: 'part', lane, assignment, positions, batch, unsuccessful, valueBytes }
    }
    case 'assignmentEnded':
    case 'overdue':
    case 'stopped':
    case 'limitUsed':
      return { ...message, lane }
  }
}
