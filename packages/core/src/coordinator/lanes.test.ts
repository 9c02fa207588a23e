import { describe, expect, test } from 'vitest'
import { Coordinator } from './coordinator.ts'
import { SETTINGS, Told, UNKNOWN } from './testing/told.ts'

/** A run whose first shard, of eight tasks, is on lane 0 as assignment 1. */
function eightOnLane0(lanes: number, concurrency = 1): Told {
  const told = Told.ready(lanes)
  told.run(1, { concurrency })
  told.read(8)
  return told
}

describe('threads', () => {
  test('every lane is opened at the start, and loads what is wanted as soon as it is open', () => {
    expect(new Coordinator(2).start().map(({ type }) => type)).toEqual(['openLane', 'openLane'])
    const told = new Told(2)
    expect(told.tell({ type: 'laneOpened', lane: 1 })).toEqual([])
    expect(told.tell({ type: 'verifierAdded', verifier: 1 })).toEqual(['loadVerifier 1 on 1'])
    expect(told.tell({ type: 'laneOpened', lane: 0 })).toEqual(['loadVerifier 1 on 0'])
    expect(told.tell({ type: 'verifierLoaded', lane: 0, verifier: 1 })).toEqual([])
    expect(told.tell({ type: 'verifierLoaded', lane: 1, verifier: 1 })).toEqual(['verifierReady 1, 0 failures'])
  })

  test('a lane whose threads do not start is given up at the third', () => {
    const told = new Told(2)
    told.tell({ type: 'verifierAdded', verifier: 1 })
    expect(told.died(0)).toEqual(['openLane 0'])
    expect(told.died(0)).toEqual(['openLane 0'])
    expect(told.died(0)).toEqual([])
    expect(told.open(1)).toEqual(['verifierReady 1, 1 failures'])
  })

  test('a verifier that comes when every lane is lost is unusable, and a run that comes then fails', () => {
    const told = new Told(1)
    for (let i = 0; i < 3; i++) told.died(0)
    expect(told.tell({ type: 'verifierAdded', verifier: 1 })).toEqual(['verifierUnusable 1, 1 failures'])
    expect(told.run(1)).toEqual(['end 1 failed, not exhausted'])
  })

  test('a lane whose threads die idle again and again is given up; work in between forgives', () => {
    const told = Told.ready(1)
    for (let i = 0; i < 7; i++) {
      expect(told.died(0)).toEqual(['openLane 0'])
      told.open(0)
    }
    told.run(1)
    expect(told.read(1)).toContain('dispatch 1 to 0: 1:0[0 1]')
    told.part(0, 1, 0, 1)
    told.ended(0, 1)
    for (let i = 0; i < 7; i++) {
      expect(told.died(0)).toEqual(['openLane 0'])
      told.open(0)
    }
    expect(told.died(0)).toEqual(['end 1 failed, not exhausted'])
  })

  test('a stuck thread occupies its core until it exits', () => {
    const told = eightOnLane0(2)
    told.overdue(0, 1, [2], true)
    expect(told.died(0, [2], true)).toEqual(['settle 1:0[2 3] timedOut after 1', 'dispatch 2 to 1: 1:0[0 2 3 8]'])
    expect(told.tell({ type: 'laneExited', lane: 0 })).toEqual(['openLane 0'])
  })

  test('when every thread is stuck, one lane is opened all the same, and its exit then means nothing', () => {
    const told = eightOnLane0(1)
    expect(told.overdue(0, 1, [2], true)).toEqual(['killLane 0'])
    expect(told.died(0, [2], true)).toEqual(['openLane 0', 'settle 1:0[2 3] timedOut after 1'])
    expect(told.tell({ type: 'laneExited', lane: 0 })).toEqual([])
    expect(told.open(0)).toEqual(['dispatch 2 to 0: 1:0[0 2 3 8]'])
  })

  test('a thread with 16 abandoned tasks is started anew', () => {
    const told = eightOnLane0(1)
    told.part(0, 1, 0, 8)
    expect(told.ended(0, 1, [], 16)).toEqual(['retireLane 0'])
    expect(told.died(0)).toEqual(['openLane 0'])
  })

  test('what cannot be carries its story', () => {
    const told = eightOnLane0(1)
    expect(() => told.tell({ type: 'laneOpened', lane: 0 })).toThrow(
      /^at laneOpened: lane 0 is busy, not opening\. What led there, oldest first:\n[^]*\nshardRead run 1\n[^]*\ndispatch lane 0 assignment 1 run 1 shard 0 verifier 1\n[^]*laneOpened lane 0$/,
    )
    expect(() => told.part(0, 7, 0, 1)).toThrow('lane 0 is busy with 1, not with 7')
    expect(() => told.overdue(0, 7, [], true)).toThrow('not with 7')
    expect(() => told.ended(0, 7)).toThrow('not with 7')
    expect(() => told.tell({ type: 'verifierLoaded', lane: 0, verifier: 1 })).toThrow('lane 0 is busy, not loading')
  })

  test('a broken invariant carries its story too', () => {
    const told = eightOnLane0(1)
    told.coordinator.state.runs.get(1)!.held++
    expect(() => told.part(0, 1, 0, 1)).toThrow(
      /held tasks: 9, should be 8\. What led there[^]*\npart lane 0 assignment 1/,
    )
  })
})

describe('verifiers', () => {
  test('one that failed on some lanes is ready, and its tasks go where it is', () => {
    const told = new Told(2)
    told.tell({ type: 'verifierAdded', verifier: 1 }, { type: 'laneOpened', lane: 0 }, { type: 'laneOpened', lane: 1 })
    const failed = { type: 'verifierFailed', lane: 0, verifier: 1, error: new Error('no database') } as const
    expect(told.tell(failed)).toEqual([])
    expect(told.tell({ type: 'verifierLoaded', lane: 1, verifier: 1 })).toEqual(['verifierReady 1, 1 failures'])
    told.run(1)
    expect(told.read(1)).toContain('dispatch 1 to 1: 1:0[0 1]')
  })

  test('one that failed on every lane is unusable, and its runs fail', () => {
    const told = new Told(1)
    told.tell({ type: 'verifierAdded', verifier: 1 })
    told.run(1)
    told.read(3)
    told.tell({ type: 'laneOpened', lane: 0 })
    expect(told.died(0)).toEqual([
      'openLane 0',
      'verifierUnusable 1, 1 failures',
      'settle 1:0[0 3] aborted after 0',
      'end 1 failed, not exhausted',
    ])
  })

  test('a run fails when the only lane left that could run it is stuck, and so does one that comes later', () => {
    const told = new Told(2)
    told.tell({ type: 'verifierAdded', verifier: 1 }, { type: 'laneOpened', lane: 0 })
    told.tell({ type: 'verifierFailed', lane: 0, verifier: 1, error: new Error('no database') })
    told.open(1)
    told.run(1)
    told.read(1)
    told.overdue(1, 1, [0], false)
    expect(told.died(1, [0], true)).toContain('end 1 failed, not exhausted')
    expect(told.run(2)).toEqual(['end 2 failed, not exhausted'])
  })

  test('a removed one stays as long as a run uses it, also on threads that start meanwhile', () => {
    const told = eightOnLane0(1)
    expect(told.tell({ type: 'verifierRemoved', verifier: 1 })).toEqual([])
    told.died(0, [0])
    expect(told.open(0)).toEqual(['dispatch 2 to 0: 1:0[0 1] alone'])
    told.part(0, 2, 0, 1)
    expect(told.ended(0, 2)).toEqual(['dispatch 3 to 0: 1:0[1 8]'])
    told.part(0, 3, 1, 7)
    told.ended(0, 3)
    expect(told.tell({ type: 'sourceEnded', run: 1 })).toEqual(['end 1 finished', 'unloadVerifier 1 on 0'])
    expect(told.tell({ type: 'verifierUnloaded', lane: 0, verifier: 1 })).toEqual(['verifierGone 1'])
  })

  test('a run on a verifier that is removed, or gone, fails instead of waiting for ever', () => {
    const told = eightOnLane0(1)
    told.tell({ type: 'verifierRemoved', verifier: 1 })
    expect(told.run(2)).toEqual(['end 2 failed, not exhausted'])
    expect(told.tell({ type: 'runAdded', run: 3, verifier: 9, options: SETTINGS, ...UNKNOWN })).toEqual([
      'end 3 failed, not exhausted',
    ])
  })

  test('one that is removed while a lane loads it is unloaded there before it is gone, and never called ready', () => {
    const told = new Told(2)
    told.tell({ type: 'laneOpened', lane: 0 })
    told.tell({ type: 'verifierAdded', verifier: 1 })
    expect(told.tell({ type: 'verifierRemoved', verifier: 1 })).toEqual([])
    expect(told.tell({ type: 'verifierLoaded', lane: 0, verifier: 1 })).toEqual(['unloadVerifier 1 on 0'])
    expect(told.tell({ type: 'verifierUnloaded', lane: 0, verifier: 1 })).toEqual([
      'verifierUnusable 1, 1 failures',
      'verifierGone 1',
    ])
  })
})
