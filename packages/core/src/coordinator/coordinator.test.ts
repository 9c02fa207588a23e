import { describe, expect, test } from 'vitest'
import { SETTINGS, Told } from './testing/told.ts'

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
    expect(told.run(1)).toEqual(['read 1 2'])
    expect(told.read(2)).toEqual(['keepShard 1:0', 'dispatch 1 to 0: 1:0[0 2]', 'read 1 2'])
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
    expect(told.ended(0, 1)).toEqual(['dispatch 2 to 0: 1:0[3 8]'])
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

describe('threads that end', () => {
  test('when the one task that ran is surely late: it is timedOut, and its neighbours run again', () => {
    const told = working(8)
    expect(told.overdue(0, 1, [3], true)).toEqual(['killLane 0'])
    expect(told.part(0, 1, 0, 3)).toEqual(['deliver 1:0 3 after 1'])
    expect(told.died(0, [3])).toEqual(['openLane 0', 'settle 1:0[3 4] timedOut after 1'])
    expect(told.open(0)).toEqual(['dispatch 2 to 0: 1:0[4 8]'])
  })

  test('but whose verdict for the late task arrives before the end: the verdict counts', () => {
    const told = working(4)
    told.overdue(0, 1, [3], true)
    told.part(0, 1, 0, 4)
    expect(told.ended(0, 1)).toEqual([])
    expect(told.died(0)).toEqual(['openLane 0'])
  })

  test('with several tasks running: each is run alone on a fresh thread, and nobody is charged', () => {
    const told = working(4)
    expect(told.overdue(0, 1, [0, 1], false)).toEqual(['killLane 0'])
    told.died(0, [0, 1])
    expect(told.open(0)).toEqual(['dispatch 2 to 0: 1:0[0 1] alone'])
    told.part(0, 2, 0, 1)
    expect(told.ended(0, 2)).toEqual(['retireLane 0'])
    told.died(0)
    expect(told.open(0)).toEqual(['dispatch 3 to 0: 1:0[1 2] alone'])
    told.part(0, 3, 1, 1)
    expect(told.ended(0, 3)).toEqual(['dispatch 4 to 0: 1:0[2 4]'])
  })

  test('by themselves: the task is tried alone, and crashed when it ends two threads there', () => {
    const told = working(4)
    expect(told.died(0, [2])).toEqual(['openLane 0'])
    expect(told.open(0)).toEqual(['dispatch 2 to 0: 1:0[2 3] alone'])
    told.died(0, [2])
    expect(told.open(0)).toEqual(['dispatch 3 to 0: 1:0[2 3] alone again'])
    expect(told.died(0, [2])).toEqual(['openLane 0', 'settle 1:0[2 3] crashed after 2'])
    expect(told.open(0)).toEqual(['dispatch 4 to 0: 1:0[0 2 3 4]'])
  })

  test('while nothing runs: the piece is tried in ever smaller ones, until what cannot be received is alone', () => {
    const told = working(17)
    told.died(0)
    expect(told.open(0)).toEqual(['dispatch 2 to 0: 1:0[0 3]'])
    told.died(0)
    expect(told.open(0)).toEqual(['dispatch 3 to 0: 1:0[0 1] alone'])
    told.died(0)
    expect(told.open(0)).toEqual(['dispatch 4 to 0: 1:0[0 1] alone again'])
    expect(told.died(0)).toEqual(['openLane 0', 'settle 1:0[0 1] crashed after 2'])
  })

  test('again and again without one settled task: the run fails', () => {
    const told = working(100)
    const commands: string[] = []
    for (let i = 0; i < 16; i++) {
      commands.push(...told.died(0))
      if (i < 15) told.open(0)
    }
    expect(commands[commands.length - 1]).toBe('end 1 failed, not exhausted')
    expect(commands).not.toContain('abort 0')
  })

  test.for(['crashed', 'timedOut', 'completed'])('but not when each of them costs one task, which is %s', (fate) => {
    const told = working(20)
    let assignment = 1
    for (let position = 0; position < 20; position++) {
      told.died(0, [position])
      told.open(0)
      assignment++
      if (fate === 'crashed') {
        told.died(0, [position])
        told.open(0)
        assignment++
        told.died(0, [position])
        told.open(0)
        assignment++
      } else if (fate === 'timedOut') {
        told.overdue(0, assignment, [position], true)
        told.died(0, [position])
        told.open(0)
        assignment++
      } else {
        told.part(0, assignment, position, 1)
        told.ended(0, assignment)
        assignment++
      }
    }
    expect(told.coordinator.state.runs.get(1)).toMatchObject({ phase: { name: 'running' }, unsettled: 0 })
  })

  test('and no task is called crashed for the deaths of another one', () => {
    const told = working(2)
    told.died(0, [0, 1])
    told.open(0)
    told.died(0, [0])
    told.open(0)
    told.died(0, [0])
    told.open(0)
    expect(told.died(0, [1])).toEqual(['openLane 0'])
  })

  test('late alone: it is timedOut, whoever says so', () => {
    const told = working(2)
    told.died(0, [0])
    told.open(0)
    expect(told.ended(0, 2, [0])).toContain('settle 1:0[0 1] timedOut after 1')
  })
})

describe('suspects', () => {
  test('that come back with their shard run alone, before the rest', () => {
    const told = working(4)
    told.part(0, 1, 0, 1)
    expect(told.ended(0, 1, [1, 2], 2)).toEqual(['retireLane 0'])
    told.died(0)
    expect(told.open(0)).toEqual(['dispatch 2 to 0: 1:0[1 2] alone'])
  })

  test('do not wait for a fresh lane on which their verifier failed', () => {
    const told = new Told(2)
    told.tell({ type: 'verifierAdded', verifier: 1 }, { type: 'laneOpened', lane: 0 })
    told.tell({ type: 'verifierFailed', lane: 0, verifier: 1, error: new Error('no database') })
    told.open(1)
    told.run(1, { concurrency: 1 })
    told.read(2)
    expect(told.ended(1, 1, [0], 1)).toEqual(['retireLane 1'])
  })

  test('get the thread that another run left them for, when the fresh one goes to a third', () => {
    const told = new Told(2)
    told.tell({ type: 'verifierAdded', verifier: 1 }, { type: 'verifierAdded', verifier: 2 })
    told.open(0)
    told.tell({ type: 'verifierFailed', lane: 0, verifier: 2, error: new Error('no database') })
    told.run(1, { concurrency: 1 })
    told.read(1)
    told.tell({ type: 'runAdded', run: 2, verifier: 2, options: SETTINGS })
    told.read(1, { run: 2 })
    told.open(1)
    told.ended(0, 1, [0], 1) // a fresh thread is coming: lane 0 is left as it is
    expect(told.tell({ type: 'verifierLoaded', lane: 1, verifier: 2 })).toEqual([
      'verifierReady 2, 1 failures',
      'dispatch 2 to 1: 2:0[0 1]',
      'retireLane 0',
    ])
  })

  test('take turns with other runs', () => {
    const told = working(4, 1, { concurrency: 4 })
    told.run(2, { concurrency: 1 })
    told.read(4, { run: 2 })
    expect(told.ended(0, 1, [0, 1], 2)).toEqual(['dispatch 2 to 0: 2:0[0 4]'])
    expect(told.ended(0, 2)).toEqual(['retireLane 0'])
    told.died(0)
    expect(told.open(0)).toEqual(['dispatch 3 to 0: 1:0[0 1] alone'])
    told.part(0, 3, 0, 1)
    expect(told.ended(0, 3)).toEqual(['dispatch 4 to 0: 2:0[0 4]'])
  })

  test('at the head of the order window run although values fill it, and others stand before them in the queue', () => {
    const told = working(4, 2, { order: 'input', maxHeldBytes: 20, concurrency: 2 })
    expect(told.read(4)).toContain('dispatch 2 to 1: 1:1[0 4]')
    told.part(1, 2, 1, 1, 30)
    expect(told.ended(0, 1, [0], 1)).toEqual(['retireLane 0'])
    expect(told.ended(1, 2)).toEqual(['dispatch 3 to 1: 1:0[1 4]'])
    told.died(0)
    expect(told.open(0)).toEqual(['dispatch 4 to 0: 1:0[0 1] alone'])
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
