import type { Dispatch } from '../commands.ts'
import type { Event, LaneId, PartArrived, Unsendable } from '../events.ts'
import type { Message, SimulatedWork } from './simulated-work.ts'

/** Which tasks of a dispatch cannot get to a thread. */
export function unsendableIn({ ranges }: Dispatch, work: SimulatedWork): Unsendable['failures'] {
  const failures = []
  for (let i = 0; i < ranges.length; i += 2) {
    for (let position = ranges[i]!; position < ranges[i + 1]!; position++) {
      if (work.task(position).nature !== 'unsendable') continue
      failures.push({ position, error: new Error('cannot be cloned') })
    }
  }
  return failures
}

/** How long a shard occupied its lane: whatever that was, no task ends otherwise for it. */
const BUSY_MS = [0.1, 3, 50]
/** How many tasks at once a thread finds to be worth it: that too. */
const AT_ONCE = [1, 4, 25]

/** What a lane tells when it has received this of its thread. */
export function eventOf(message: Message, lane: LaneId, heapMb: number): Event {
  switch (message.type) {
    case 'part':
      return partOf(message, lane)
    case 'stopped':
      return { ...message, lane }
    case 'limitUsed':
      return { ...message.use, lane }
    case 'ended': {
      const { assignment, suspects, abandoned } = message
      const busyMs = BUSY_MS[assignment % BUSY_MS.length]!
      const atOnce = AT_ONCE[assignment % AT_ONCE.length]!
      return { type: 'assignmentEnded', lane, assignment, suspects, abandoned, busyMs, atOnce, heapMb }
    }
  }
}

function partOf(message: Extract<Message, { type: 'part' }>, lane: LaneId): PartArrived {
  const { assignment, settled: batch, unsuccessful } = message
  const list = Uint32Array.from(batch, ({ position }) => position)
  const from = list[0]!
  const isStretch = list.every((position, at) => position === from + at)
  const positions = isStretch ? { from, count: list.length } : list
  let valueBytes = 0
  for (const settled of batch) valueBytes += settled.valueBytes
  return { type: 'part', lane, assignment, positions, batch, unsuccessful, valueBytes }
}
