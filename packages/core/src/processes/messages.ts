/**
 * Every message between an engine and a child process, one interface a message. They carry the calls and events of the
 * port (`backend.ts`), over Node's own channel, which serialises by structured clone, keeps the order, and delivers all
 * that was sent before the process died. A child serves one session of one lane and has no lane ids. Errors are encoded:
 * on their own they would arrive without their code and fields.
 */
import type { ChannelMessage, EncodedError, OutcomePart, PassedOn } from '@fanfold/workers/protocol'
import type { LaneSnapshot, VerifierSpec, Work } from '../backend.ts'
import type { BytesPayload } from './payload.ts'
import type {
  AssignmentEnded,
  AssignmentId,
  AssignmentStopped,
  LaneDied,
  LaneOverdue,
  LimitUsed,
  VerifierId,
  VerifierLoaded,
} from '../coordinator/events.ts'

/** Both sides come from one package; a child that meets another version ends instead of guessing. */
export const MESSAGES_VERSION = 3
/** Where a child finds its file (`lane-file.ts`): the parent's `stdio` puts it there. */
export const LANE_FILE = 4
/** While it has a shard, a child tells so often that it lives, and what runs, ms. */
export const ALIVE_EVERY_MS = 100

export type ToChild =
  | StartChild
  | { readonly type: 'load'; readonly verifier: VerifierSpec; readonly concurrency: number }
  | { readonly type: 'unload'; readonly verifier: VerifierSpec }
  | RunWork
  | { readonly type: 'stop'; readonly assignment: AssignmentId }
  | { readonly type: 'abort'; readonly assignment: AssignmentId; readonly reason: EncodedError }
  | {
      readonly type: 'abortTask'
      readonly assignment: AssignmentId
      readonly position: number
      readonly reason: EncodedError
    }
  | { readonly type: 'passOn'; readonly message: PassedOn }
  | { readonly type: 'kill' }
  | { readonly type: 'retire' }
  /** End the thread whatever it does, through its teardowns if it is free. Answered by `closed`. */
  | { readonly type: 'close' }

/** The first message. Answered by `opened`. */
export interface StartChild {
  readonly type: 'start'
  readonly version: number
  /** 1-based; what a person sees. */
  readonly thread: number
  readonly memoryMb: number | undefined
}

/** One assignment; items travel as bytes that the child's main thread does not open. */
export interface RunWork {
  readonly type: 'run'
  readonly work: Omit<Work, 'lane' | 'transfer' | 'payload'> & { readonly payload: BytesPayload }
  /** Note in the file of the trace what is running. */
  readonly isTraced: boolean
  /** The payload's bytes are so many in the file, and not in the message. */
  readonly bytesInFile: number | undefined
}

export type FromChild =
  | { readonly type: 'opened' }
  | ({ readonly type: 'loaded' } & Pick<VerifierLoaded, 'verifier' | 'checks'>)
  | { readonly type: 'loadFailed'; readonly verifier: VerifierId; readonly error: EncodedError }
  | { readonly type: 'unloaded'; readonly verifier: VerifierId }
  | {
      readonly type: 'part'
      readonly assignment: AssignmentId
      readonly part: OutcomePart
      readonly valueBytes: number
    }
  | Omit<AssignmentEnded, 'lane'>
  | Omit<AssignmentStopped, 'lane'>
  | Omit<LaneOverdue, 'lane'>
  | Omit<LimitUsed, 'lane'>
  | ThreadDied
  | { readonly type: 'warning'; readonly error: EncodedError; readonly verifier: VerifierId | undefined }
  | ChildAlive
  | ChannelMessage
  /** The last message of a child that was told to close. */
  | { readonly type: 'closed' }

/** The child's thread is gone, or cannot be ended. The child is of no more use. */
export interface ThreadDied extends Omit<LaneDied, 'lane' | 'type' | 'error' | 'stuck'> {
  readonly type: 'died'
  readonly error: EncodedError
}

/** What the thread does now; told while there is a shard. */
export interface ChildAlive extends Pick<LaneSnapshot, 'position' | 'running'> {
  readonly type: 'alive'
  readonly assignment: AssignmentId
}
