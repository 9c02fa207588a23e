import type { LanePhase } from './lane-phase.ts'
import type { LaneCommand } from './lane-rules.ts'
import type { SimulatedThread } from './simulated-thread.ts'

export type LimitCommand = Extract<LaneCommand, { type: 'grant' | 'recall' | 'refuse' | 'unlock' }>

/** Of what a thread says about no assignment. */
const NO_ASSIGNMENT = 0

/** A thread whose loop turns has something to say of limits. */
export function hasLimitNews({ name }: LanePhase, { isBlocked, shares, inbox }: SimulatedThread): boolean {
  if (name === 'idle') return shares.hasNews || inbox.length > 0
  return name === 'working' && !isBlocked && shares.hasNews
}

/** Among what else it posts, in its order. */
export function postUse({ inbox, shares }: SimulatedThread): void {
  inbox.push({ type: 'limitUsed', assignment: NO_ASSIGNMENT, use: shares.tell() })
}

/** No limit has a breaker here: nothing is refused. */
export function obey(command: LimitCommand, thread: SimulatedThread): void {
  if (command.type === 'unlock') thread.unlock(command.limit, command.among)
  else if (command.type !== 'refuse') thread.shares.execute(command)
}
