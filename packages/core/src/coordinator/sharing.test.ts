import { describe, expect, test } from 'vitest'
import { Told } from './testing/told.ts'

/** Two lanes; shard 0, of 90 tasks, is on lane 0 as assignment 1, and the source has no more. */
function oneShard(): Told {
  const told = Told.ready(2)
  told.run(1, { concurrency: 2, maxHeldTasks: 1000 })
  told.read(90)
  return told
}

/** One lane of which the cost is known: shard 1 is on it as assignment 2, and shard 2 waits behind as assignment 3. */
function linedUp(lanes = 1, settings: Parameters<Told['run']>[1] = {}): Told {
  const told = Told.ready(lanes)
  told.run(1, { concurrency: lanes, ...settings })
  told.read(4)
  if (lanes === 2) told.read(4)
  told.part(0, 1, 0, 4)
  told.ended(0, 1)
  return told
}

describe('a lane with nothing to do', () => {
  test('is given what another has not started, once that has taken a while', () => {
    const told = oneShard()
    expect(told.tell({ type: 'sourceEnded', run: 1 })).toEqual(['wait 1 to share'])
    expect(told.tell({ type: 'shareDue' })).toEqual(['stop 1 on 0'])
    // Of 88 tasks, cost unknown, each lane may have half.
    expect(told.stopped(0, 1, 2)).toEqual(['dispatch 2 to 1: 1:0[2 46]'])
    expect(told.part(0, 1, 0, 2)).toEqual(['deliver 1:0 2 after 1'])
    expect(told.ended(0, 1)).toEqual(['dispatch 3 to 0: 1:0[46 90]'])
  })

  test('waits longer for a source that has more, and nothing is stopped when that comes first', () => {
    const told = Told.ready(2)
    told.run(1, { concurrency: 2, maxHeldTasks: 1000 })
    expect(told.read(50)).toContain('wait 10 to share')
    told.read(50)
    expect(told.tell({ type: 'shareDue' })).toEqual([])
  })

  test('has no use for tasks that may not run beside those that do', () => {
    const told = Told.ready(2)
    told.run(1, { concurrency: 1, maxHeldTasks: 1000 })
    told.read(90)
    expect(told.tell({ type: 'sourceEnded', run: 1 })).toEqual([])
  })

  test('is not given the only task that is left', () => {
    const told = Told.ready(2)
    told.run(1, { concurrency: 2, maxHeldTasks: 1000 })
    told.read(1)
    expect(told.tell({ type: 'sourceEnded', run: 1 })).toEqual([])
  })

  test('gets small pieces whole: to cut them would cost more', () => {
    const told = Told.ready(2)
    told.run(1, { concurrency: 2, maxHeldTasks: 1000 })
    told.read(90)
    told.read(1)
    told.part(1, 2, 0, 1)
    told.tell({ type: 'sourceEnded', run: 1 })
    told.ended(1, 2) // 1 ms a task
    told.tell({ type: 'shareDue' })
    expect(told.stopped(0, 1, 87)).toEqual(['dispatch 3 to 1: 1:0[87 90]'])
  })
})

describe('what was not started', () => {
  test('is not told of when nobody can say how far the lane has come: it comes back with the end', () => {
    const told = oneShard()
    told.tell({ type: 'sourceEnded', run: 1 }, { type: 'shareDue' })
    told.part(0, 1, 0, 10)
    expect(told.ended(0, 1)).toEqual(['dispatch 2 to 0: 1:0[10 90]', 'wait 1 to share'])
  })

  test('is aborted when its run is cut short', () => {
    const told = oneShard()
    expect(told.cancel('soon')).toEqual(['stop 1 on 0'])
    expect(told.stopped(0, 1, 3)).toEqual(['settle 1:0[3 90] aborted after 0'])
    told.part(0, 1, 0, 2)
    expect(told.ended(0, 1)).toEqual(['settle 1:0[2 3] aborted after 0', 'end 1 cancelled, not exhausted'])
  })

  test("is nobody else's when the thread dies: that costs the one task which it kept", () => {
    const told = oneShard()
    told.tell({ type: 'sourceEnded', run: 1 }, { type: 'shareDue' })
    expect(told.stopped(0, 1, 1)).toEqual(['dispatch 2 to 1: 1:0[1 46]'])
    expect(told.died(0, [0])).toEqual(['openLane 0'])
    expect(told.open(0)).toEqual(['dispatch 3 to 0: 1:0[0 1] alone'])
  })
})

describe('a shard behind another one', () => {
  test('is sent as soon as something is known of the cost, and has its turn without being sent again', () => {
    const told = linedUp()
    expect(told.read(4)).toEqual(['keepShard 1:1', 'dispatch 2 to 0: 1:1[0 4]', 'read 1 32'])
    expect(told.read(4)).toContain('dispatch 3 to 0: 1:2[0 4]')
    told.part(0, 2, 0, 4)
    expect(told.ended(0, 2)).toEqual([])
    expect(told.part(0, 3, 0, 4)).toEqual(['deliver 1:2 4 after 1'])
    expect(told.ended(0, 3)).toEqual([])
  })

  test('comes back when its thread dies, and has a lane for itself then', () => {
    const told = linedUp()
    told.read(4)
    told.read(4)
    told.died(0, [1])
    // The suspect first, on a fresh thread; then what ran, and nothing behind it.
    expect(told.open(0)).toEqual(['dispatch 4 to 0: 1:1[1 2] alone'])
    told.part(0, 4, 1, 1)
    expect(told.ended(0, 4)).toEqual(['dispatch 5 to 0: 1:1[0 1 2 4]'])
    told.part(0, 5, 0, 1)
    told.part(0, 5, 2, 2)
    expect(told.ended(0, 5)).toEqual(['dispatch 6 to 0: 1:2[0 4]'])
  })

  test('is taken back at once for a lane that has nothing to do', () => {
    const told = linedUp(2)
    told.read(4)
    expect(told.read(4)).toContain('dispatch 4 to 0: 1:3[0 4]')
    told.part(1, 2, 0, 4)
    told.tell({ type: 'sourceEnded', run: 1 })
    expect(told.ended(1, 2)).toEqual(['stop 4 on 0'])
    expect(told.stopped(0, 4, 0)).toEqual(['dispatch 5 to 1: 1:3[0 4]'])
    // Its lane still has to say that it holds nothing of it.
    told.part(0, 3, 0, 4)
    expect(told.ended(0, 3)).toEqual([])
    expect(told.ended(0, 4)).toEqual(['wait 1 to share'])
  })
})
