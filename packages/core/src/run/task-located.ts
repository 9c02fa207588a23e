import type { LaneSnapshot } from '../backend.ts'
import { workOf } from '../coordinator/assignments.ts'
import type { RunId } from '../coordinator/events.ts'
import type { CoordinatorState } from '../coordinator/state.ts'
import type { ConductedRun } from './conducted-run.ts'

/** What a lane is about: its run, and the index of the task. */
export interface Located {
  readonly run: ConductedRun | undefined
  readonly index: number | undefined
}

type Runs = ReadonlyMap<RunId, ConductedRun>

/** What a lane that was looked at runs. */
export function locate({ lanes }: Pick<CoordinatorState, 'lanes'>, runs: Runs, snapshot: LaneSnapshot): Located {
  const { phase } = lanes[snapshot.lane]!
  if (phase.name !== 'busy' || phase.assignment.id !== snapshot.assignment) return { run: undefined, index: undefined }
  const { run: id, piece } = phase.assignment
  const run = runs.get(id)
  return { run, index: snapshot.position === undefined ? undefined : run?.indexAt(piece.shard, snapshot.position) }
}

/** What a lane's thread was about when it ended. @param mark - of what ran, where that is known */
export function locateMark(
  { lanes }: Pick<CoordinatorState, 'lanes'>,
  runs: Runs,
  lane: number,
  mark: number | undefined,
): Located {
  const assignment = workOf(lanes[lane]!.phase)?.assignment
  const run = assignment === undefined ? undefined : runs.get(assignment.run)
  if (assignment === undefined || mark === undefined) return { run, index: undefined }
  const position = Math.floor(mark / (run?.chain?.terms.length ?? 1))
  return { run, index: run?.indexAt(assignment.piece.shard, position) }
}
