import type { ActiveRun } from './active-run.ts'
import type { Conductor } from './conductor.ts'
import type { RunId } from '../coordinator/events.ts'
import type { Progress } from '../report/report.ts'

/** A run's state at this moment; its cost does not depend on the size of the batch. */
export function progressOf(run: ActiveRun, conductor: Conductor, id: RunId): Progress {
  const { account, reader, limit, settings } = run
  const { tasks: resumed } = settings.resumed
  const known = reader?.totalTasks
  const total = run.report?.total ?? (known === undefined ? undefined : Math.min(resumed + known, limit))
  const elapsedMs = run.report?.elapsedMs ?? performance.now() - run.startedAt
  const { aborted } = account.statuses
  // What is aborted was not done.
  const settled = account.settled - aborted
  const { held, waiting, suspects, isCutShort } = conductor.countsOf(id)
  const snapshots = conductor.snapshot().map((snapshot) => ({ snapshot, ...conductor.locate(snapshot) }))
  const lanes = snapshots.filter((lane) => lane.run === run)
  const bytesRead = reader?.bytesRead ?? 0
  const ofInput = shareDone(settled, resumed + run.read, total, bytesRead, reader?.totalBytes)
  // With a limit, whichever end comes first.
  const done = ofInput === undefined ? undefined : Math.max(ofInput, settled / limit)
  // What an earlier run has settled took none of this one's time.
  const doneNow = done === undefined || settled === 0 ? undefined : (done * (settled - resumed)) / settled
  const etaMs =
    done === undefined || !doneNow || run.report !== undefined ? undefined : (elapsedMs * (1 - done)) / doneNow
  return {
    state: stateOf(run, held, lanes.length, isCutShort),
    read: resumed + run.read,
    ...(total === undefined ? {} : { total }),
    bytesRead,
    ...(reader?.totalBytes === undefined ? {} : { bytesTotal: reader.totalBytes }),
    held,
    waiting,
    suspects,
    running: lanes.reduce((sum, { snapshot }) => sum + snapshot.running, 0),
    statuses: account.statuses,
    verdicts: account.verdicts,
    tasksPerSecond: elapsedMs === 0 ? 0 : ((settled - resumed) / elapsedMs) * 1000,
    ...(etaMs === undefined ? {} : { etaMs }),
    quietMs: run.report === undefined ? performance.now() - run.lastSettledAt : 0,
    ...limitsOf(run),
    lanes: lanes.map(({ snapshot: { lane, busyMs }, index }) => ({
      thread: lane + 1,
      ...(index === undefined ? {} : { index }),
      busyMs,
    })),
  }
}

function limitsOf(run: ActiveRun): Pick<Progress, 'limits'> {
  const limits = run.report === undefined ? run.limits() : run.report.limits
  return limits === undefined ? {} : { limits }
}

/** Of the tasks where their number is known, else of the bytes, less what was read and is not settled. */
function shareDone(
  settled: number,
  read: number,
  total: number | undefined,
  bytesRead: number,
  bytesTotal: number | undefined,
): number | undefined {
  if (total !== undefined) return total === 0 ? 1 : settled / total
  if (bytesTotal === undefined || bytesTotal === 0 || read === 0) return undefined
  return (bytesRead / bytesTotal) * (settled / read)
}

function stateOf(run: ActiveRun, held: number, lanes: number, isCutShort: boolean): Progress['state'] {
  if (run.report !== undefined || run.startError !== undefined) return 'ended'
  if (run.isEnding || isCutShort) return 'ending'
  if (run.account.settled === 0 && lanes === 0) return 'starting'
  return lanes === 0 && held > 0 && run.outbox.waits > 0 ? 'waiting' : 'running'
}
