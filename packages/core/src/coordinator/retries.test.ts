import { expect, test } from 'vitest'
import { countsOf } from './counts.ts'
import { NO_RETRIES } from '../policy/retry.ts'
import { Told } from './testing/told.ts'

/** A run that tries again, whose first shard, of four tasks, is on lane 0 as assignment 1. */
function working(retry: Partial<typeof NO_RETRIES>, lanes = 1): Told {
  const told = Told.ready(lanes)
  told.run(1, { concurrency: 2, retry: { ...NO_RETRIES, ...retry } })
  told.read(4)
  return told
}

test('a task that threw waits, goes to the front of the queue when that is over, and is not run with its shard again', () => {
  const told = working({ retries: 1 })
  expect(told.failed(0, 1, [0])).toEqual(['wait 1:0[0 1]'])
  expect(told.part(0, 1, 1, 3)).toEqual(['deliver 1:0 3 after 1'])
  expect(told.ended(0, 1)).toEqual([])
  expect(told.retryDue(0, 0)).toEqual(['dispatch 2 to 0: 1:0[0 1] again'])
  expect(told.failed(0, 2, [0])).toEqual(['deliver 1:0 1 after 2'])
})

test('the wait may end while the rest of the shard is still with its thread', () => {
  const told = working({ retries: 1 }, 2)
  told.failed(0, 1, [0])
  expect(told.retryDue(0, 0)).toContain('dispatch 2 to 1: 1:0[0 1] again')
  expect(told.ended(0, 1)).toEqual(['dispatch 3 to 0: 1:0[1 4]'])
})

test('a death after the attempt had ended is not charged to the task that waits', () => {
  const told = working({ retries: 1, crashes: 1 })
  told.died(0, [0])
  expect(told.open(0)).toEqual(['dispatch 2 to 0: 1:0[0 1] alone'])
  expect(told.failed(0, 2, [0])).toEqual(['wait 1:0[0 1]'])
  expect(told.died(0)).toEqual(['openLane 0'])
  expect(told.coordinator.state.runs.get(1)!.shards.get(0)!.charges.get(0)).toEqual({ throw: 1, timeout: 0, death: 0 })
})

test('those of a shard that wait alike share a timer, and a dispatch however many timers there were', () => {
  const told = working({ retries: 1, backoff: 'none' })
  expect(told.failed(0, 1, [0, 1])).toEqual(['wait 1:0[0 2]'])
  expect(told.failed(0, 1, [2, 3])).toEqual(['wait 1:0[2 4]'])
  told.retryDue(0, 2, 4)
  told.retryDue(0, 0, 2)
  expect(told.ended(0, 1)).toEqual(['dispatch 2 to 0: 1:0[0 4] again'])
})

test('tasks of a shard whose waits are over meanwhile go together; those with other numbers of attempts do not', () => {
  const told = working({ retries: 2 })
  told.failed(0, 1, [0, 1, 2, 3])
  for (const position of [3, 0, 1]) expect(told.retryDue(0, position)).toEqual([])
  expect(told.ended(0, 1)).toEqual(['dispatch 2 to 0: 1:0[0 2 3 4] again'])
  told.failed(0, 2, [0])
  told.retryDue(0, 0)
  told.retryDue(0, 2)
  told.part(0, 2, 1, 1)
  told.part(0, 2, 3, 1)
  expect(told.ended(0, 2)).toEqual(['dispatch 3 to 0: 1:0[2 3] again'])
  told.part(0, 3, 2, 1)
  expect(told.ended(0, 3)).toEqual(['dispatch 4 to 0: 1:0[0 1] again'])
})

test('an outcome that would be the same again is no reason to try again', () => {
  const told = working({ retries: 5, timeouts: 5 })
  expect(told.failed(0, 1, [0], 'final')).toEqual(['deliver 1:0 1 after 1'])
})

test('throws, timeouts and crashes are counted apart', () => {
  const told = working({ retries: 1, timeouts: 1 })
  told.failed(0, 1, [0], 'throw')
  told.part(0, 1, 1, 3)
  told.ended(0, 1)
  told.retryDue(0, 0)
  expect(told.failed(0, 2, [0], 'timeout')).toEqual(['wait 1:0[0 1]'])
  told.ended(0, 2)
  told.retryDue(0, 0)
  expect(told.failed(0, 3, [0], 'throw')).toEqual(['deliver 1:0 1 after 3'])
})

test('a task that surely blocked its thread waits, too', () => {
  const told = working({ timeouts: 1 })
  told.overdue(0, 1, [2], true)
  expect(told.died(0, [2])).toEqual(['openLane 0', 'wait 1:0[2 3]'])
  expect(told.open(0)).toEqual(['dispatch 2 to 0: 1:0[0 2 3 4]'])
})

test('a crash is two deaths alone, and each further attempt is one more, alone', () => {
  const told = working({ crashes: 1 })
  told.died(0, [0])
  expect(told.open(0)).toEqual(['dispatch 2 to 0: 1:0[0 1] alone'])
  told.died(0, [0])
  expect(told.open(0)).toEqual(['dispatch 3 to 0: 1:0[0 1] alone again'])
  expect(told.died(0, [0])).toEqual(['openLane 0', 'wait 1:0[0 1]'])
  expect(told.open(0)).toEqual(['dispatch 4 to 0: 1:0[1 4]'])
  told.part(0, 4, 1, 3)
  told.ended(0, 4)
  expect(told.retryDue(0, 0)).toEqual(['retireLane 0'])
  // It is known to be the one.
  expect(countsOf(told.coordinator.state, 1).suspects).toBe(0)
  told.died(0)
  expect(told.open(0)).toEqual(['dispatch 5 to 0: 1:0[0 1] alone again'])
  expect(told.died(0, [0])).toEqual(['openLane 0', 'settle 1:0[0 1] crashed after 3'])
})

test('whoever waits when the run is cut short is aborted, after the attempts it had, and is not woken', () => {
  const told = working({ retries: 1 })
  told.failed(0, 1, [0, 1])
  told.retryDue(0, 1)
  expect(told.cancel('soon')).toEqual([
    'settle 1:0[1 2] aborted after 1',
    'settle 1:0[0 1] aborted after 1',
    'stop 1 on 0',
  ])
  expect(told.retryDue(0, 0)).toEqual([])
  expect(told.failed(0, 1, [2])).toEqual(['deliver 1:0 1 after 1'])
  expect(told.ended(0, 1)).toEqual(['settle 1:0[3 4] aborted after 0', 'end 1 cancelled, not exhausted'])
})

test('attempts that were made are counted, not those that were meant', () => {
  const told = working({ retries: 3 })
  told.failed(0, 1, [0, 1])
  told.part(0, 1, 2, 2)
  told.ended(0, 1)
  told.retryDue(0, 0)
  expect(told.coordinator.state.runs.get(1)).toMatchObject({ retries: 1, waiting: 1, held: 4, unsettled: 2 })
})
