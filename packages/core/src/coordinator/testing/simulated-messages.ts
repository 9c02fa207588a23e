import type { Dispatch } from '../commands.ts'
import type { LaneId, PartArrived, Unsendable } from '../events.ts'
import type { Message, SimulatedWork } from './simulated-thread.ts'

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

/** What a lane tells of a part that its thread has posted. */
export function partOf(message: Extract<Message, { type: 'part' }>, lane: LaneId): PartArrived {
  const { assignment, settled: batch, unsuccessful } = message
  const list = Uint32Array.from(batch, ({ position }) => position)
  const from = list[0]!
  const isStretch = list.every((position, at) => position === from + at)
  const positions = isStretch ? { from, count: list.length } : list
  let valueBytes = 0
  for (const settled of batch) valueBytes += settled.valueBytes
  return { type: 'part', lane, assignment, positions, batch, unsuccessful, valueBytes }
}
