import { describe, expect, test } from 'vitest'
import { Told } from './testing/told.ts'

const REQUESTS = { readAhead: false, isUrgent: true, concurrency: 2 } as const

function withRequests(lanes: number, settings: Parameters<Told['run']>[1] = {}): Told {
  const told = Told.ready(lanes)
  expect(told.run(1, { ...REQUESTS, ...settings })).toEqual([])
  return told
}

/** `count` requests have gathered. */
function gather(told: Told, count: number): string[] {
  return told.tell({ type: 'gathered', run: 1, tasks: count })
}

function withdraw(told: Told, shard: number, position: number): string[] {
  return told.tell({ type: 'taskWithdrawn', run: 1, shard, position, reason: new Error('gone') })
}

describe('a run that does not read ahead', () => {
  test('reads nothing until something has gathered, and then at once when a lane is free', () => {
    const told = withRequests(1)
    expect(gather(told, 1)).toEqual(['read 1 2'])
    expect(told.read(1, { gathered: 0 })).toEqual(['keepShard 1:0', 'dispatch 1 to 0: 1:0[0 1]'])
    told.part(0, 1, 0, 1)
    expect(told.delivered(0, 1)).toEqual(['releaseShard 1:0'])
    expect(told.ended(0, 1)).toEqual([])
  })

  test('lets requests gather while all lanes are busy, and reads when the first is free', () => {
    const told = withRequests(2)
    gather(told, 2)
    told.read(1, { gathered: 1 })
    told.read(1, { gathered: 0 })
    expect(gather(told, 5)).toEqual([])
    told.part(0, 1, 0, 1)
    expect(told.ended(0, 1)).toEqual(['read 1 4'])
    expect(told.read(4, { gathered: 1 })).toEqual(['keepShard 1:2', 'dispatch 3 to 0: 1:2[0 4]'])
  })

  test('divides what has gathered over the lanes that are free', () => {
    const told = withRequests(2, { concurrency: 8 })
    const [read] = told.coordinator.handle({ type: 'gathered', run: 1, tasks: 6 })
    expect(read).toMatchObject({ type: 'read', divided: { lanes: 2, minTasks: 1 } })
    expect(told.read(3, { gathered: 3 })).toEqual(['keepShard 1:0', 'dispatch 1 to 0: 1:0[0 3]', 'read 1 4'])
    expect(told.read(3, { gathered: 0 })).toEqual(['keepShard 1:1', 'dispatch 2 to 1: 1:1[0 3]'])
  })

  test('goes on after what had gathered was gone when it was read', () => {
    const told = withRequests(1)
    gather(told, 1)
    expect(gather(told, 0)).toEqual([])
    expect(gather(told, 1)).toEqual(['read 1 2'])
  })

  test('has a lane of a batch stopped, one at a time, and the free lane before the batch', () => {
    const told = Told.ready(2)
    told.run(1, REQUESTS)
    told.run(2, { concurrency: 2 })
    for (let i = 0; i < 4; i++) told.read(2, { run: 2 })
    expect(gather(told, 1)).toEqual(['stop 1 on 0'])
    expect(told.stopped(0, 1, 1)).toEqual([])
    expect(gather(told, 2)).toEqual([])
    gather(told, 1)
    told.part(0, 1, 0, 1)
    // The lane is kept although the batch has a piece for it.
    expect(told.ended(0, 1)).toEqual(['read 1 1'])
    expect(told.tell({ type: 'delivered', run: 2, shard: 0, tasks: 0, valueBytes: 0 })).toEqual([])
    expect(told.read(1, { gathered: 0 })).toContain('dispatch 3 to 0: 1:0[0 1]')
    told.part(0, 3, 0, 1)
    // And again, for the batch has the other one.
    gather(told, 1)
    expect(told.ended(0, 3)).toEqual(['read 1 4'])
  })

  test('takes turns with a batch on a single lane', () => {
    const told = Told.ready(1)
    told.run(1, REQUESTS)
    told.run(2)
    for (let i = 0; i < 2; i++) told.read(2, { run: 2 })
    gather(told, 1)
    expect(told.ended(0, 1)).toEqual(['read 1 2'])
    told.read(1, { gathered: 0 })
    gather(told, 1)
    expect(told.ended(0, 2)[0]).toBe('dispatch 3 to 0: 2:0[0 2]')
  })
})

test('a batch whose turn it is keeps its lane while requests wait, until it has told of some of its tasks', () => {
  const told = Told.ready(1)
  told.run(1, { ...REQUESTS, concurrency: 1 })
  told.run(2)
  told.read(8, { run: 2 })
  gather(told, 1)
  told.ended(0, 1)
  told.read(1, { gathered: 0 })
  gather(told, 1)
  told.part(0, 2, 0, 1)
  expect(told.ended(0, 2)).toEqual(['dispatch 3 to 0: 2:0[0 8]'])
  expect(gather(told, 2)).toEqual([])
  expect(told.part(0, 3, 0, 1)).toEqual(['deliver 2:0 1 after 1', 'stop 3 on 0'])
})

describe('a task that is withdrawn', () => {
  test('is told to its thread, and its outcome counts as it comes', () => {
    const told = withRequests(1)
    gather(told, 2)
    told.read(2, { gathered: 0 })
    expect(told.coordinator.handle({ type: 'taskWithdrawn', run: 1, shard: 0, position: 1, reason: 'gone' })).toEqual([
      { type: 'abortTask', lane: 0, assignment: 1, position: 1, reason: 'gone' },
    ])
    expect(told.part(0, 1, 0, 2)).toEqual(['deliver 1:0 2 after 1'])
    expect(withdraw(told, 0, 1)).toEqual([])
  })

  test('is settled when it waits in the queue, a suspect too, and its neighbours are not', () => {
    const told = withRequests(1)
    gather(told, 3)
    told.read(3, { gathered: 0 })
    told.died(0, [1])
    expect(withdraw(told, 0, 1)).toEqual(['settle 1:0[1 2] aborted after 0'])
    expect(withdraw(told, 0, 0)).toEqual(['settle 1:0[0 1] aborted after 0'])
    expect(told.open(0)).toEqual(['dispatch 2 to 0: 1:0[2 3]'])
  })

  test('is not run again when its thread is being ended', () => {
    const told = withRequests(1)
    gather(told, 2)
    told.read(2, { gathered: 0 })
    told.overdue(0, 1, [0], false)
    expect(withdraw(told, 0, 0)).toEqual(['settle 1:0[0 1] aborted after 0'])
    told.died(0, [0])
    expect(told.open(0)[0]).toMatch(/^dispatch 2 to 0: 1:0\[1 2\]/)
  })
})
