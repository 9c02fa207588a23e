import { sizeOf } from './position-set.ts'
import type { Assignment, CoordinatorState, Lane, RunState } from './state.ts'

/** Throws, with what is wrong, when the state contradicts what README.md says always holds. */
export function checkInvariants(state: CoordinatorState): void {
  for (const run of state.runs.values()) {
    const assignments = state.lanes
      .map(assignmentOfLane)
      .filter((assignment) => assignment?.run === run.id) as Assignment[]
    checkPositions(run, assignments)
    equal('lanes in use', run.lanesInUse, assignments.length)
    equal('concurrency in use', run.concurrencyInUse, sum(assignments.map(({ concurrency }) => concurrency)))
    atMost('running tasks', run.concurrencyInUse, run.settings.concurrency)
    const shards = [...run.shards.values()]
    equal('unsettled tasks', run.unsettled, sum(shards.map(({ tasks, settled }) => tasks - settled.count)))
    equal('held tasks', run.held, sum(shards.map(({ tasks, delivered }) => tasks - delivered)))
    equal('held bytes', run.heldBytes, sum(shards.map(({ bytes }) => bytes)))
    atMost('held tasks', run.held, run.settings.maxHeldTasks)
    if (run.ended !== undefined) equal('unsettled tasks of a run that has ended', run.unsettled, 0)
    if (run.undeliveredBytes < 0) broken('undelivered bytes', run.undeliveredBytes, 'at least 0')
  }
}

/** Every unsettled position is in exactly one place: the queue, or one lane. */
function checkPositions(run: RunState, assignments: readonly Assignment[]): void {
  const places = new Map<string, number>()
  for (const piece of [...run.queue, ...assignments.map((assignment) => assignment.piece)]) {
    const shard = run.shards.get(piece.shard)
    if (shard === undefined) {
      if (sizeOf(piece.ranges) > 0 && run.queue.includes(piece)) broken('a queued piece', 'of no shard', 'of a shard')
      continue
    }
    for (let i = 0; i < piece.ranges.length; i += 2) {
      for (let p = piece.ranges[i]!; p < piece.ranges[i + 1]!; p++) {
        if (shard.settled.has(p)) {
          if (run.queue.includes(piece)) broken(`task ${shard.id}/${p}`, 'settled and queued', 'one of them')
          continue
        }
        const key = `${shard.id}/${p}`
        places.set(key, (places.get(key) ?? 0) + 1)
      }
    }
  }
  for (const [key, count] of places) if (count !== 1) broken(`places of task ${key}`, count, '1')
  equal('unsettled tasks in the queue and on lanes', places.size, run.unsettled)
}

function assignmentOfLane({ phase }: Lane): Assignment | undefined {
  if (phase.name === 'busy') return phase.assignment
  return phase.name === 'ending' && phase.why.name === 'overdue' ? phase.why.assignment : undefined
}

function equal(what: string, is: number, shouldBe: number): void {
  if (is !== shouldBe) broken(what, is, String(shouldBe))
}

function atMost(what: string, is: number, bound: number): void {
  if (is > bound) broken(what, is, `at most ${bound}`)
}

function broken(what: string, is: number | string, shouldBe: string): never {
  throw new Error(`an invariant of the coordinator is broken: ${what}: ${is}, should be ${shouldBe}`)
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
