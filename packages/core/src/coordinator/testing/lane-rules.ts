import { MAX_ABANDONED } from '@fanfold/workers/protocol'
import type { Command, Dispatch } from '../commands.ts'
import type { LaneId, VerifierId } from '../events.ts'
import type { LanePhase } from './lane-phase.ts'
import type { Scenario } from './scenario.ts'

export type LaneCommand = Extract<Command, { lane: LaneId }>

/** What of a lane decides what it may be told. */
export interface RuledLane {
  readonly id: LaneId
  readonly phase: LanePhase
  readonly loads: { readonly loaded: ReadonlySet<VerifierId>; readonly failed: ReadonlySet<VerifierId> }
  readonly isFresh: boolean
  /** Tasks that its thread holds although they are settled. */
  readonly abandoned: number
  /** Of its thread, as it was told last. */
  readonly heapMb: number
  /** The assignment that could not be sent here last. */
  readonly refused: number | undefined
}

/** What `backend.ts` says may be told to a lane, and when. @throws when this may not be told to this one now. */
export function mustBeAllowed(command: LaneCommand, lane: RuledLane, scenario: Scenario): void {
  const { name } = lane.phase
  switch (command.type) {
    case 'openLane':
      return must(name === 'closed' || name === 'stuck', command.type, lane)
    case 'loadVerifier':
      return must(name === 'idle' && !lane.loads.failed.has(command.verifier), command.type, lane)
    case 'unloadVerifier':
      return must(name === 'idle' && lane.loads.loaded.has(command.verifier), command.type, lane)
    case 'dispatch':
      return mustBeFreeFor(command, lane, scenario)
    case 'abort':
    case 'stop':
    case 'abortTask':
      return must(isAt(lane, command.assignment), command.type, lane)
    case 'killLane':
      return must(lane.phase.name === 'working' && lane.phase.isOverdue, command.type, lane)
    case 'grant':
    case 'recall':
    case 'unlock':
      return must(!['closed', 'opening', 'stuck'].includes(name), command.type, lane)
    case 'refuse':
      return must(false, 'refuse, where no limit has a breaker', lane)
    case 'retireLane':
      return must(name === 'idle', command.type, lane)
  }
}

function mustBeFreeFor(command: Dispatch, lane: RuledLane, { assignmentsPerLane, recycling }: Scenario): void {
  const isIdle = lane.phase.name === 'idle'
  const isLinedUp = isFreeBehind(lane.phase) || isDyingWithOne(lane.phase)
  must(isIdle || (isLinedUp && assignmentsPerLane === 2), command.type, lane)
  must(lane.loads.loaded.has(command.verifier), command.type, lane)
  must(!isIdle || lane.abandoned < MAX_ABANDONED, 'dispatch to a thread full of abandoned tasks', lane)
  must(lane.heapMb < recycling.heapMb, 'dispatch to a thread that is worn out', lane)
  must(!command.alone || lane.isFresh, 'dispatch of a suspect to a used thread', lane)
}

/** Something may wait behind what it works on. */
function isFreeBehind(phase: LanePhase): boolean {
  return phase.name === 'working' && phase.behind === undefined && !phase.isOverdue
}

/** It has died with something that it had begun before anybody heard of it. */
function isDyingWithOne(phase: LanePhase): boolean {
  return phase.name === 'dying' && phase.behind === undefined
}

/** It may have died or refused the work already, without the coordinator having heard of it. */
function isAt({ phase, refused }: RuledLane, assignment: number): boolean {
  if (['dying', 'idle'].includes(phase.name) || refused === assignment) return true
  if (phase.name !== 'working') return false
  return [phase.work, phase.behind].some((work) => work?.dispatch.assignment === assignment)
}

function must(isRight: boolean, what: string, { id, phase }: RuledLane): void {
  if (!isRight) throw new Error(`${what}: not while lane ${id} is ${phase.name}`)
}
