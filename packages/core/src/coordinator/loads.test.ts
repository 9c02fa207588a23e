import { expect, test } from 'vitest'
import { Told } from './testing/told.ts'

/** Verifier 1 is ready on the one lane, and verifier 2 is being loaded there. */
function loadingTheSecond(): Told {
  const told = Told.ready(1)
  expect(told.tell({ type: 'verifierAdded', verifier: 2 })).toEqual(['loadVerifier 2 on 0'])
  return told
}

function opened(told: Told): string[] {
  return told.tell({ type: 'laneOpened', lane: 0 })
}

function loaded(told: Told, verifier: number): string[] {
  return told.tell({ type: 'verifierLoaded', lane: 0, verifier })
}

test('a thread with another verifier in it dies during a load: the load comes again, first of all', () => {
  const told = loadingTheSecond()
  expect(told.died(0)).toEqual(['openLane 0'])
  expect(opened(told)).toEqual(['loadVerifier 2 on 0'])
  expect(loaded(told, 2)).toEqual(['verifierReady 2, 0 failures', 'loadVerifier 1 on 0'])
  expect(loaded(told, 1)).toEqual([])
})

test('a verifier that ends its thread by being loaded is found out there, and the other one stays', () => {
  const told = loadingTheSecond()
  told.died(0)
  opened(told)
  expect(told.died(0)).toEqual(['openLane 0', 'verifierUnusable 2, 1 failures'])
  expect(opened(told)).toEqual(['loadVerifier 1 on 0'])
  expect(loaded(told, 1)).toEqual([])
})

test('what a verifier that is gone, or could not be set up, has left in a thread can end it too', () => {
  const told = new Told(1)
  opened(told)
  told.tell({ type: 'verifierAdded', verifier: 1 }, { type: 'verifierAdded', verifier: 2 })
  const failed = { type: 'verifierFailed', lane: 0, verifier: 1, error: new Error('no database') } as const
  expect(told.tell(failed)).toEqual(['verifierUnusable 1, 1 failures', 'loadVerifier 2 on 0'])
  expect(told.died(0)).toEqual(['openLane 0'])
  expect(opened(told)).toEqual(['loadVerifier 2 on 0'])
  expect(loaded(told, 2)).toEqual(['verifierReady 2, 0 failures'])

  const removed = { type: 'verifierRemoved', verifier: 2 } as const
  expect(told.tell(removed, { type: 'verifierAdded', verifier: 3 })).toEqual(['unloadVerifier 2 on 0'])
  expect(told.tell({ type: 'verifierUnloaded', lane: 0, verifier: 2 })).toEqual([
    'loadVerifier 3 on 0',
    'verifierGone 2',
  ])
  expect(told.died(0)).toEqual(['openLane 0'])
  expect(opened(told)).toEqual(['loadVerifier 3 on 0'])
})

test('a verifier that is closed while its load is to be repeated is gone, and holds nothing up', () => {
  const told = loadingTheSecond()
  told.died(0)
  expect(told.tell({ type: 'verifierRemoved', verifier: 2 })).toEqual([
    'verifierUnusable 2, 1 failures',
    'verifierGone 2',
  ])
  expect(opened(told)).toEqual(['loadVerifier 1 on 0'])
})

test('the tasks of the other verifier run on, whoever ends threads during loads', () => {
  const told = loadingTheSecond()
  told.run(1)
  told.read(2)
  told.died(0)
  expect(opened(told)).toEqual(['loadVerifier 2 on 0'])
  expect(loaded(told, 2)).toEqual(['verifierReady 2, 0 failures', 'loadVerifier 1 on 0'])
  expect(loaded(told, 1)).toEqual(['dispatch 1 to 0: 1:0[0 2]', 'read 1 32'])
})

test('two verifiers that cannot be in one thread take turns, and at the eighth death one is given up', () => {
  const told = loadingTheSecond()
  for (let loading = 2, deaths = 1; deaths < 8; loading = 3 - loading, deaths++) {
    expect(told.died(0)).toEqual(['openLane 0'])
    expect(opened(told)).toEqual([`loadVerifier ${loading} on 0`])
    expect(loaded(told, loading)).toContain(`loadVerifier ${3 - loading} on 0`)
  }
  expect(told.died(0)).toEqual(['openLane 0'])
  expect(opened(told)).toEqual(['loadVerifier 2 on 0'])
  expect(loaded(told, 2)).toEqual([])
  expect(told.run(1)).toEqual(['end 1 failed, not exhausted']) // verifier 1 is the one, and its lane goes on
})
