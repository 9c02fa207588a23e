import { shardSize } from '../policy/shard-size.ts'
import { perLane } from './concurrency.ts'
import { countUsable } from './readiness.ts'
import type { CoordinatorState, RunState } from './state.ts'

/** Room is used when it is at least this share of the whole (or all that is wanted): a slow consumer would otherwise get ever smaller shards. */
const WORTHWHILE = 1 / 8

/** Has the source read as far as what is held allows, and as long as a lane might need it. */
export function readIfNeeded(state: CoordinatorState, run: RunState): void {
  const { settings } = run
  if (!settings.readAhead) return // when a lane is free: see requests.ts
  const unread = settings.limit - run.tasksRead
  if (run.ended !== undefined || run.phase.name !== 'running' || run.source !== 'open' || unread <= 0) return
  const lanes = countUsable(state, run.verifier)
  // So many are ready for lanes that become idle; fewer where each has one behind what it runs.
  const ready = state.assignmentsPerLane > 1 ? lanes / 2 : lanes
  if (run.held > 0 && run.queue.length > ready) return
  const size = shardSize({
    cost: run.cost,
    fixed: settings.shardSize,
    lanes,
    concurrencyPerLane: perLane(state, run),
    remainingTasks: run.remainingTasks === undefined ? undefined : Math.min(run.remainingTasks, unread),
    remainingBytes: run.remainingBytes,
  })
  const tasks = settings.maxHeldTasks - run.held
  const bytes = settings.maxHeldBytes - run.heldBytes - run.undeliveredBytes
  if (!isWorthwhile(tasks, size.maxTasks, settings.maxHeldTasks)) return
  if (!isWorthwhile(bytes, size.maxBytes, settings.maxHeldBytes)) return
  run.source = 'reading'
  const maxTasks = Math.min(size.maxTasks, tasks, unread)
  state.commands.push({ type: 'read', run: run.id, maxTasks, maxBytes: Math.min(size.maxBytes, bytes) })
}

function isWorthwhile(room: number, wanted: number, whole: number): boolean {
  return room >= Math.min(wanted, Math.max(1, whole * WORTHWHILE))
}
