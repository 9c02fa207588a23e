import type { Command } from '../commands.ts'
import type { VerifierId } from '../events.ts'
import type { SimulatedWork } from './simulated-work.ts'

/** What a simulated lane is about. */
export type LanePhase =
  | { readonly name: 'closed' | 'opening' | 'idle' | 'stuck' | 'retiring' }
  | { readonly name: 'dying'; work: SimulatedWork | undefined; behind: SimulatedWork | undefined }
  | { readonly name: 'loading' | 'unloading'; readonly verifier: VerifierId }
  | WorkingPhase

export interface WorkingPhase {
  readonly name: 'working'
  /** As far as was heard. */
  work: SimulatedWork
  behind: SimulatedWork | undefined
  isOverdue: boolean
  isKilled: boolean
  isAborted: boolean
  isStopped: boolean
  isBehindStopped: boolean
}

export function working(work: SimulatedWork, isStopped: boolean = false): WorkingPhase {
  const untold = { isOverdue: false, isKilled: false, isAborted: false, isBehindStopped: false }
  return { name: 'working', work, behind: undefined, ...untold, isStopped }
}

type Beginning = Extract<Command, { type: 'openLane' | 'loadVerifier' | 'unloadVerifier' | 'retireLane' }>

/** What it is about when it was told this. */
export function begun(command: Beginning): LanePhase {
  switch (command.type) {
    case 'openLane':
      return { name: 'opening' }
    case 'loadVerifier':
      return { name: 'loading', verifier: command.verifier }
    case 'unloadVerifier':
      return { name: 'unloading', verifier: command.verifier }
    case 'retireLane':
      return { name: 'retiring' }
  }
}

/** The end of an assignment was heard: what waited behind it has its turn. */
export function afterEnd(phase: LanePhase): LanePhase {
  if (phase.name === 'dying') return { name: 'dying', work: phase.behind, behind: undefined }
  if (phase.name !== 'working') return phase
  // It is being ended whatever it goes on with.
  if (phase.isOverdue) return { ...phase, work: phase.behind ?? phase.work }
  return phase.behind === undefined ? { name: 'idle' } : working(phase.behind, phase.isBehindStopped)
}
