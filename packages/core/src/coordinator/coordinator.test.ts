import { describe, expect, test } from 'vitest'
import { Told } from './testing/told.ts'

/** A run whose first shard, of so many tasks, is on lane 0 as assignment 1. */
function working(tasks: number, lanes = 1, settings: Parameters<Told['run']>[1] = {}): Told {
  const told = Told.ready(lanes)
  told.run(1, { concurrency: 1, ...settings })
  told.read(tasks)
  return told
}

describe('a run', () => {
  test('reads, dispatches, delivers, lets go and ends', () => {
    const told = Told.ready(1)
    expect(told.run(1)).toEqual(['read 1 32'])
    expect(told.read(2)).toEqual(['keepShard 1:0', 'dispatch 1 to 0: 1:0[0 2]', 'read 1 32'])
    expect(told.tell({ type: 'sourceEnded', run: 1 })).toEqual([])
    expect(told.part(0, 1, 0, 2)).toEqual(['deliver 1:0 2 after 1'])
    expect(told.ended(0, 1)).toEqual(['end 1 finished'])
    expect(told.delivered(0, 1)).toEqual([])
    expect(told.delivered(0, 1)).toEqual(['releaseShard 1:0'])
    expect(told.coordinator.state.runs.size).toBe(0)
  })

  test('without tasks has finished when its source has ended', () => {
    const told = Told.ready(1)
    told.run(1)
    expect(told.tell({ type: 'sourceEnded', run: 1 })).toEqual(['end 1 finished'])
  })

  test('does not end while a lane has its work, even if all of that is settled', () => {
    const told = working(2)
    told.tell({ type: 'sourceEnded', run: 1 })
    expect(told.part(0, 1, 0, 2)).toEqual(['deliver 1:0 2 after 1'])
    expect(told.ended(0, 1)).toEqual(['end 1 finished'])
  })

  test('reads no more than its limit, and does not ask whether there was more', () => {
    const told = Told.ready(1)
    expect(told.run(1, { limit: 1 })).toEqual(['read 1 1'])
    told.read(1)
    told.part(0, 1, 0, 1)
    expect(told.ended(0, 1)).toEqual(['end 1 finished, not exhausted'])
  })

  test('whose source breaks fails after what it had read', () => {
    const told = working(1)
    expect(told.tell({ type: 'sourceFailed', run: 1, error: new Error('gone') })).toEqual([])
    told.part(0, 1, 0, 1)
    expect(told.ended(0, 1)).toEqual(['end 1 failed, not exhausted'])
  })

  test('settles a record that cannot be read without a lane', () => {
    const told = Told.ready(1)
    told.run(1)
    const unreadable = new Error('too long') as never // passed on and never looked into
    expect(told.read(1, { unreadable }).slice(0, 2)).toEqual(['keepShard 1:0', 'settle 1:0[0 1] errored after 0'])
  })

  test('has what a lane did not settle run again, first of all', () => {
    const told = working(8)
    told.read(8)
    told.part(0, 1, 0, 3)
    expect(told.ended(0, 1)).toEqual(['dispatch 2 to 0: 1:0[3 8]', 'dispatch 3 to 0: 1:1[0 8]', 'read 1 24'])
  })

  test('has items that cannot be sent errored, and their neighbours run', () => {
    const told = working(8)
    const failures = [{ position: 3, error: new Error('a function') }]
    expect(told.tell({ type: 'unsendable', lane: 0, assignment: 1, failures })).toEqual([
      'settle 1:0[3 4] errored after 0',
      'dispatch 2 to 0: 1:0[0 3 4 8]',
    ])
  })

  test('counts no task twice: of a part that was settled in part, the rest is accepted', () => {
    const told = working(4)
    told.part(0, 1, 1, 1)
    expect(told.part(0, 1, 0, 3)).toEqual(['deliver 1:0 2 after 1'])
    expect(told.part(0, 1, 0, 3)).toEqual([])
  })
})

describe('cancelling', () => {
  test('aborts what waits, and tells the lanes that work', () => {
    const told = working(4)
    told.read(2)
    expect(told.cancel()).toEqual(['settle 1:1[0 2] aborted after 0', 'abort 0'])
    expect(told.part(0, 1, 0, 1)).toEqual(['deliver 1:0 1 after 1'])
    expect(told.ended(0, 1)).toEqual(['settle 1:0[1 4] aborted after 0', 'end 1 cancelled, not exhausted'])
    expect(told.cancel()).toEqual([])
  })

  test('before anything was read ends the run at once, and what is read then does not count', () => {
    const told = Told.ready(1)
    told.run(1)
    expect(told.cancel()).toEqual(['end 1 cancelled, not exhausted'])
    expect(told.read(3)).toEqual([])
  })

  test('of a run whose source has ended meanwhile says that it was exhausted', () => {
    const told = working(4)
    told.cancel()
    told.tell({ type: 'sourceEnded', run: 1 })
    expect(told.ended(0, 1)).toEqual(['settle 1:0[0 4] aborted after 0', 'end 1 cancelled'])
  })

  test('charges one attempt to what ran when its blocked thread was ended, and none to the rest', () => {
    const told = working(4)
    told.cancel()
    told.overdue(0, 1, [1], true)
    expect(told.died(0, [1])).toEqual([
      'openLane 0',
      'settle 1:0[1 2] aborted after 1',
      'settle 1:0[0 1 2 4] aborted after 0',
      'end 1 cancelled, not exhausted',
    ])
  })

  test('between a death and the second run of a suspect charges the suspect with its own deaths only', () => {
    const told = working(4)
    told.died(0, [0])
    told.open(0)
    told.died(0, [0])
    expect(told.cancel()).toEqual([
      'settle 1:0[0 1] aborted after 1',
      'settle 1:0[1 4] aborted after 0',
      'end 1 cancelled, not exhausted',
    ])
  })

  test('between overdue and the end of the thread aborts what was late', () => {
    const told = working(1)
    told.overdue(0, 1, [0], true)
    expect(told.cancel()).toEqual([])
    expect(told.died(0, [0])).toEqual([
      'openLane 0',
      'settle 1:0[0 1] aborted after 1',
      'end 1 cancelled, not exhausted',
    ])
  })
})

describe('bounds', () => {
  test('what is read is never more than may be held, in tasks and in bytes', () => {
    const told = Told.ready(1)
    expect(told.run(1, { maxHeldTasks: 1, concurrency: 4 })).toEqual(['read 1 1'])
    expect(told.read(1)).toEqual(['keepShard 1:0', 'dispatch 1 to 0: 1:0[0 1]'])
    told.part(0, 1, 0, 1)
    expect(told.ended(0, 1)).toEqual([])
    expect(told.delivered(0, 1)).toEqual(['releaseShard 1:0', 'read 1 1'])
  })

  test('room that is hardly any is not filled by crumbs', () => {
    const told = working(100, 1, { maxHeldTasks: 100, concurrency: 100 })
    expect(told.part(0, 1, 0, 50)).toEqual(['deliver 1:0 50 after 1'])
    expect(told.delivered(0, 12)).toEqual([])
    expect(told.delivered(0, 1)).toEqual(['read 1 13'])
  })

  test('while values wait to be taken beyond the bound no lane makes more of them', () => {
    const told = working(4, 1, { maxHeldBytes: 10 })
    expect(told.part(0, 1, 0, 2, 10)).toEqual(['deliver 1:0 2 after 1'])
    expect(told.ended(0, 1)).toEqual([])
    expect(told.delivered(0, 2, 10)).toEqual(['dispatch 2 to 0: 1:0[2 4]'])
  })

  test('but the head of the order window runs all the same, behind others in the queue', () => {
    const told = working(4, 2, { maxHeldBytes: 20, order: 'input', concurrency: 2 })
    expect(told.read(4)).toContain('dispatch 2 to 1: 1:1[0 4]')
    told.part(1, 2, 1, 1, 30)
    told.ended(0, 1)
    expect(told.coordinator.state.lanes[0]!.phase).toMatchObject({ name: 'busy' })
    expect(told.ended(1, 2)).toEqual([])
    expect(told.ended(0, 3)).toEqual(['dispatch 4 to 0: 1:0[0 4]'])
  })

  test('what a part of duplicates was counted for is given back when nothing waits any more', () => {
    const told = working(4, 1, { maxHeldBytes: 10 })
    told.part(0, 1, 1, 1, 4)
    told.part(0, 1, 0, 2, 8)
    told.ended(0, 1)
    expect(told.delivered(0, 2, 8)).toEqual(['dispatch 2 to 0: 1:0[2 4]'])
    expect(told.coordinator.state.runs.get(1)!.undeliveredBytes).toBe(0)
  })

  test('tasks that may run are shared out over the lanes, and given back', () => {
    const told = working(4, 2, { concurrency: 3 })
    told.read(4)
    const run = told.coordinator.state.runs.get(1)!
    expect(run.concurrencyInUse).toBe(3)
    told.ended(0, 1)
    expect(run.concurrencyInUse).toBe(3)
    told.cancel()
    told.ended(1, 2)
    told.ended(0, 3)
    expect(run.concurrencyInUse).toBe(0)
  })
})

test('a lane goes to the run with the fewest lanes, then to the one that waited longest', () => {
  const told = working(4, 2, { concurrency: 2 })
  told.read(4)
  told.run(2)
  told.read(4, { run: 2 })
  expect(told.part(0, 1, 0, 4)).toEqual(['deliver 1:0 4 after 1'])
  expect(told.ended(0, 1)).toContain('dispatch 3 to 0: 2:0[0 4]')
})
