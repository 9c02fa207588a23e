import { describe, expect, test } from 'vitest'
import { countsOf } from './counts.ts'
import { SETTINGS, Told, UNKNOWN } from './testing/told.ts'

/** A run whose first shard, of so many tasks, is on lane 0 as assignment 1. */
function working(tasks: number, lanes = 1, settings: Parameters<Told['run']>[1] = {}): Told {
  const told = Told.ready(lanes)
  told.run(1, { concurrency: 1, ...settings })
  told.read(tasks)
  return told
}

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

  test.for(['crashed', 'timedOut'])('but not when the culprit of each is found, and %s', (fate) => {
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
      } else {
        told.overdue(0, assignment, [position], true)
        told.died(0, [position])
        told.open(0)
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

  test('are counted until they are settled, in the queue, on a thread, and while that is ended', () => {
    const told = working(4)
    const suspects = (): number => countsOf(told.coordinator.state, 1).suspects
    expect(suspects()).toBe(0)
    told.died(0, [0, 1, 2])
    expect(suspects()).toBe(3)
    told.open(0)
    expect(suspects()).toBe(3)
    told.part(0, 2, 0, 1)
    expect(suspects()).toBe(2)
    told.ended(0, 2)
    told.died(0)
    told.open(0)
    told.overdue(0, 3, [1], true)
    expect(suspects()).toBe(2)
    told.died(0, [1])
    expect(suspects()).toBe(1)
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
    told.tell({ type: 'runAdded', run: 2, verifier: 2, options: SETTINGS, ...UNKNOWN })
    told.read(1, { run: 2 })
    told.open(1)
    told.ended(0, 1, [0], 1) // a fresh thread is coming: lane 0 is left as it is
    expect(told.tell({ type: 'verifierLoaded', lane: 1, verifier: 2 })).toEqual([
      'verifierReady 2, 1 failures',
      'dispatch 2 to 1: 2:0[0 1]',
      'retireLane 0',
      'read 2 32',
    ])
  })

  test('take turns with other runs', () => {
    const told = working(4, 1, { concurrency: 4 })
    told.run(2, { concurrency: 1 })
    told.read(4, { run: 2 })
    expect(told.ended(0, 1, [0, 1], 2)).toEqual(['dispatch 2 to 0: 2:0[0 4]', 'read 2 32'])
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
