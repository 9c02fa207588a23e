import { attemptsOf } from '../policy/retry.ts'
import { workOf } from './assignments.ts'
import { sizeOf } from './position-set.ts'
import { heldIn, permitsOf } from './limits.ts'
import { answerOf, isWanted } from './readiness.ts'
import { countFresh, nextPiece } from './choice.ts'
import { chargesOf } from './state.ts'
import type { Assignment, CoordinatorState, Piece, RunState } from './state.ts'

/** @throws with what is wrong, when the state contradicts what README.md says always holds. */
export function checkInvariants(state: CoordinatorState): void {
  checkLanes(state)
  checkLimits(state)
  for (const run of state.runs.values()) {
    const works = state.lanes.map(({ phase }) => workOf(phase))
    const first = works.flatMap((work) => (work?.assignment.run === run.id ? [work.assignment] : []))
    const behind = works.flatMap((work) => (work?.behind?.run === run.id ? [work.behind] : []))
    checkPositions(run, [...first, ...behind])
    checkSums(run, first)
    for (const { id, left } of [...first, ...behind])
      if (left < 0) broken(`tasks left of assignment ${id}`, left, 'at least 0')
    for (const { piece } of behind) if (piece.alone) broken('a suspect', 'behind another assignment', 'alone')
    checkBounds(run)
    checkProgress(state, run)
    checkWaiting(run)
  }
}

function checkLanes(state: CoordinatorState): void {
  for (const { id, phase, verifiers, isFresh, isBlank, loadFirst } of state.lanes) {
    for (const [verifier, answer] of verifiers) {
      if (!state.verifiers.has(verifier)) broken(`lane ${id} knows verifier ${verifier}`, 'forgotten', 'known')
      const hasThread = !['opening', 'stuck', 'lost'].includes(phase.name)
      if (answer === 'ready' && !hasThread) broken(`verifier ${verifier} of lane ${id}`, phase.name, 'no more ready')
    }
    if (loadFirst !== undefined && (!state.verifiers.has(loadFirst) || verifiers.has(loadFirst))) {
      broken(`verifier ${loadFirst}, to be loaded first on lane ${id}`, 'forgotten or answered', 'neither')
    }
    if (isBlank && [...verifiers.values()].includes('ready'))
      broken(`lane ${id}`, 'blank with a verifier', 'one of them')
    if (phase.name !== 'busy') continue
    if (isFresh) broken(`lane ${id}`, 'busy and fresh', 'one of them')
    if (phase.behind !== undefined && phase.behind.run !== phase.assignment.run)
      broken(`what waits on lane ${id}`, 'of another run', 'of the same')
    if (!state.runs.has(phase.assignment.run)) broken(`the run of lane ${id}`, 'forgotten', 'known')
  }
}

/** No more is out than there is, and nothing is kept from who waits. */
function checkLimits(state: CoordinatorState): void {
  for (const limit of state.limits.values()) {
    const { name, lanes, window } = limit
    for (const share of lanes) {
      for (const [what, count] of Object.entries({ ...share, blocked: 0 }))
        if (count < 0) broken(`${what} of the limit ${name}`, count, 'at least 0')
      atMost(`permits of ${name} that are called back`, share.recalled, share.held)
    }
    const kept = sum(lanes.map(({ held, recalled }) => held - recalled))
    atMost(`permits of ${name} that nobody has called back`, kept, permitsOf(limit))
    equal(`starts of ${name} that may be made`, window?.open ?? 0, sum(lanes.map(({ openStarts }) => openStarts)))
    if (limit.breaker?.phase === 'open' || heldIn(limit) >= permitsOf(limit)) continue
    if (window !== undefined && (window.room(state.nowMs) === 0 || window.open > 0)) continue
    equal(`calls of ${name} that wait while there are permits`, sum(lanes.map(({ waiting }) => waiting)), 0)
  }
}

/** Every unsettled position is in exactly one place: the queue, one lane, or waiting. A suspect is one task by itself. */
function checkPositions(run: RunState, assignments: readonly Assignment[]): void {
  const places = new Map<string, number>()
  const none: ReadonlySet<number> = new Set()
  const queued = run.queue.map((piece) => ({ piece, isQueued: true, takenOut: none, attempt: attemptOf(run, piece) }))
  const dispatched = assignments.map((assignment) => ({ ...assignment, isQueued: false }))
  for (const { piece, isQueued, takenOut, attempt } of [...queued, ...dispatched]) {
    // Given back before it was begun, it leaves nothing.
    if (piece.alone && (isQueued || piece.ranges.length > 0)) equal('tasks of a suspect', sizeOf(piece.ranges), 1)
    const shard = run.shards.get(piece.shard)
    if (shard === undefined && isQueued) broken('a queued piece', 'of no shard', 'of a shard')
    if (shard === undefined) continue
    for (let i = 0; i < piece.ranges.length; i += 2) {
      for (let p = piece.ranges[i]!; p < piece.ranges[i + 1]!; p++) {
        const key = `${shard.id}/${p}`
        if (takenOut.has(p)) continue
        if (!shard.settled.has(p))
          equal(`attempt of task ${key}`, attemptOf(run, { ...piece, ranges: [p, p + 1] }), attempt)
        if (!shard.settled.has(p)) places.set(key, (places.get(key) ?? 0) + 1)
        else if (isQueued) broken(`task ${key}`, 'settled and queued', 'one of them')
      }
    }
  }
  for (const shard of run.shards.values()) {
    for (const position of shard.waiting.keys()) {
      const key = `${shard.id}/${position}`
      if (shard.settled.has(position)) broken(`task ${key}`, 'settled and waiting', 'one of them')
      places.set(key, (places.get(key) ?? 0) + 1)
    }
  }
  for (const [key, count] of places) if (count !== 1) broken(`places of task ${key}`, count, '1')
  equal('unsettled tasks in the queue, on lanes and waiting', places.size, run.unsettled)
}

/** Of the first task; all of a piece have the same. */
function attemptOf(run: RunState, { shard: id, ranges }: Piece): number {
  const shard = run.shards.get(id)
  return shard === undefined ? 0 : attemptsOf(chargesOf(shard, ranges[0]!)) + 1
}

function checkWaiting(run: RunState): void {
  equal('waiting tasks', run.waiting, sum([...run.shards.values()].map(({ waiting }) => waiting.size)))
  if (run.phase.name !== 'running') equal('waiting tasks of a run that is cut short', run.waiting, 0)
}

function checkSums(run: RunState, assignments: readonly Assignment[]): void {
  const shards = [...run.shards.values()]
  equal('lanes in use', run.lanesInUse, assignments.length)
  equal('concurrency in use', run.concurrencyInUse, sum(assignments.map(({ concurrency }) => concurrency)))
  equal('unsettled tasks', run.unsettled, sum(shards.map(({ tasks, settled }) => tasks - settled.count)))
  equal('held tasks', run.held, sum(shards.map(({ tasks, delivered }) => tasks - delivered)))
  equal('held bytes', run.heldBytes, sum(shards.map(({ bytes }) => bytes)))
  if (run.held === run.unsettled) equal('undelivered bytes when nothing is undelivered', run.undeliveredBytes, 0)
  if (run.undeliveredBytes < 0) broken('undelivered bytes', run.undeliveredBytes, 'at least 0')
}

function checkBounds(run: RunState): void {
  atMost('running tasks', run.concurrencyInUse, run.concurrencyBound)
  atMost('held tasks', run.held, run.settings.maxHeldTasks)
  atMost('tasks read', run.tasksRead, run.settings.limit)
  if (run.settings.readAhead) equal('items gathered in a source that is read ahead', run.gathered, 0)
  if (run.ended !== undefined) equal('unsettled tasks of a run that has ended', run.unsettled, 0)
  if (run.phase.name !== 'running') equal('queued pieces of a run that is cut short', run.queue.length, 0)
}

/** Somebody outside owes an answer; else nothing would ever happen again. */
function checkProgress(state: CoordinatorState, run: RunState): void {
  const verifier = state.verifiers.get(run.verifier)
  if (run.ended === undefined && (verifier === undefined || !isWanted(state, verifier))) {
    if (run.phase.name === 'running') broken(`the verifier of run ${run.id}`, 'forgotten', 'there as long as the run')
  }
  // What has gathered is being read for the lanes that are idle.
  const isKept = [...state.runs.values()].some(({ settings, source }) => !settings.readAhead && source === 'reading')
  for (const lane of isKept ? [] : state.lanes) {
    if (lane.phase.name !== 'idle' || answerOf(lane, run.verifier) !== 'ready') continue
    if (nextPiece(state, lane, run) >= 0) broken(`lane ${lane.id}`, `idle while run ${run.id} has work for it`, 'busy')
  }
  if (run.ended !== undefined || run.lanesInUse > 0 || run.source === 'reading' || run.waiting > 0) return
  const isLanesTurn = state.lanes.some(({ phase }) => !['idle', 'stuck', 'lost'].includes(phase.name))
  const isConsumersTurn = run.held > run.unsettled
  const isSourcesTurn = isKept || (!run.settings.readAhead && run.held === 0)
  if (!isLanesTurn && !isConsumersTurn && !isSourcesTurn) {
    broken(`run ${run.id}`, `at a standstill with ${countFresh(state, run)} fresh lanes`, 'waiting for something')
  }
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
