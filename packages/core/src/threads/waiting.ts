import type { VerifierSpec, Work } from '../backend.ts'

/** A thread has this long to start its session. */
export const OPEN_MS = 30_000
/** A thread that is ended has this long to be gone; then it is stuck in native code. */
export const KILL_MS = 1000
/** A thread holds its own deadlines while its loop is free; this is how much later its lane acts for it. */
export const SLACK_MS = 1000

/** What a lane waits for, each with a deadline. */
export type Waiting =
  | { readonly for: 'nothing' }
  | { readonly for: 'thread' }
  | { readonly for: 'load'; readonly verifier: VerifierSpec }
  | { readonly for: 'unload'; readonly verifier: VerifierSpec }
  | { readonly for: 'end' }
  | WaitingForShard
  | { readonly for: 'exit'; readonly error: Error }

export interface WaitingForShard {
  readonly for: 'shard'
  readonly work: Work
  /** Its gate, in the cells of a thread of this process. */
  readonly gate: number | undefined
  /** When it was sent, or had its turn. */
  beganAt: number
  isAborted: boolean
  isOverdue: boolean
  /** What waits in the thread for its end. */
  behind: WaitingForShard | undefined
}

/** @param gate - `undefined` in another process @param beganAt - its turn; that of a shard behind another comes */
export function waitingForShard(work: Work, gate: number | undefined, beganAt: number = 0): WaitingForShard {
  return { for: 'shard', work, gate, beganAt, isAborted: false, isOverdue: false, behind: undefined }
}

/** An assignment that was sent, and of whose end nothing was heard: what is waited for, or what is behind it. */
export function sentWith(waiting: Waiting, assignment: number): WaitingForShard | undefined {
  if (waiting.for !== 'shard') return undefined
  const { work, behind } = waiting
  if (work.assignment === assignment) return waiting
  return behind?.work.assignment === assignment ? behind : undefined
}

type Timeouts = Pick<Work, 'timeoutMs' | 'checks' | 'checkTimeoutsMs'>

/** Before this nothing of the work can be late, ms. */
export function leastTimeoutMs({ timeoutMs, checkTimeoutsMs }: Timeouts): number {
  return checkTimeoutsMs === undefined ? timeoutMs : Math.min(...checkTimeoutsMs)
}

/** When the last of what runs is late, ms. @param running - marks */
export function mostTimeoutMs({ timeoutMs, checks, checkTimeoutsMs }: Timeouts, running: readonly number[]): number {
  if (checkTimeoutsMs === undefined || running.length === 0) return timeoutMs
  return Math.max(...running.map((mark) => checkTimeoutsMs[mark % checks]!))
}

/** How long the teardowns of a thread may take, which run side by side. @param loaded - what it has set up */
export function longestTeardownMs(loaded: Iterable<VerifierSpec>): number {
  return Math.max(0, ...Array.from(loaded, ({ teardownTimeoutMs }) => teardownTimeoutMs))
}
