import type { CheckTerms, FailedCheck } from '@fanfold/workers/protocol'
import { expect, test } from 'vitest'
import { Told } from './testing/told.ts'

const GOES_ON = [true, true, false, false, false, false, false, false]

function terms(name: string, after: readonly number[], retry: CheckTerms['retry'] = {}): CheckTerms {
  return { name, after, goesOn: GOES_ON, timeoutMs: undefined, retry, barriers: 0 }
}

/** Three checks: the second is tried again once, the third comes after both. */
const CHECKS = [terms('schema', []), terms('crm', [], { retries: 1, timeouts: 1 }), terms('decide', [0, 1])]

class ToldOfChains extends Told {
  override open(lane: number): string[] {
    this.tell({ type: 'laneOpened', lane })
    return this.tell({ type: 'verifierLoaded', lane, verifier: 1, checks: CHECKS })
  }

  /** A part of one task, of which these checks have failed. */
  checksFailed(assignment: number, position: number, checks: readonly FailedCheck[]): string[] {
    return this.tell({
      type: 'part',
      lane: 0,
      assignment,
      positions: { from: position, count: 1 },
      batch: undefined,
      unsuccessful: [{ position, failure: undefined, checks }],
      valueBytes: 0,
    })
  }

  /** By task: how often its checks were executed, as the dispatch says it that opens the lane. */
  chargedNext(): (readonly [number, readonly number[]])[] {
    this.tell({ type: 'laneOpened', lane: 0 })
    const commands = this.coordinator.handle({ type: 'verifierLoaded', lane: 0, verifier: 1, checks: CHECKS })
    const dispatch = commands.find((command) => command.type === 'dispatch')
    return dispatch?.charged.map(({ position, attempts }) => [position, attempts]) ?? []
  }
}

/** A run whose shard, of so many tasks of three checks, is on lane 0 as assignment 1. */
function working(tasks: number): ToldOfChains {
  const told = new ToldOfChains(1)
  told.tell({ type: 'verifierAdded', verifier: 1 })
  told.open(0)
  told.run(1, { concurrency: 1 })
  told.read(tasks)
  return told
}

test('a check that is surely late is settled by itself, and its task goes back with the rest', () => {
  const told = working(4)
  told.overdue(0, 1, [3 * 1 + 2], true)
  expect(told.died(0, [5])).toEqual(['openLane 0', 'settle 1:0[1].2 timedOut after 1'])
  expect(told.open(0)).toEqual(['dispatch 2 to 0: 1:0[0 4]'])
})

test('one that has a further attempt is tried again, and its task waits for that', () => {
  const told = working(4)
  told.overdue(0, 1, [3 * 1 + 1], true)
  expect(told.died(0, [4])).toEqual(['openLane 0', 'wait 1:0[1 2]'])
  expect(told.open(0)).toEqual(['dispatch 2 to 0: 1:0[0 1 2 4]'])
  expect(told.retryDue(0, 1)).toEqual([])
  told.part(0, 2, 0, 1)
  told.part(0, 2, 2, 2)
  expect(told.ended(0, 2)).toEqual(['dispatch 3 to 0: 1:0[1 2]'])
})

test('one that ends two threads, alone, is crashed; its task goes on, alone', () => {
  const told = working(4)
  told.died(0, [3 * 2 + 1])
  expect(told.open(0)).toEqual(['dispatch 2 to 0: 1:0[2 3] alone'])
  told.died(0, [7])
  expect(told.chargedNext()).toEqual([[2, [0, 1, 0]]])
  expect(told.died(0, [7])).toEqual(['openLane 0', 'settle 1:0[2].1 crashed after 2'])
  expect(told.chargedNext()).toEqual([[2, [0, 2, 0]]])
})

test('several checks of one task that ran are one suspect', () => {
  const told = working(4)
  told.overdue(0, 1, [3, 4], false)
  told.died(0, [3, 4])
  expect(told.open(0)).toEqual(['dispatch 2 to 0: 1:0[1 2] alone'])
})

test('of checks that have failed only those wait that have an attempt left; the others are kept as they ended', () => {
  const told = working(2)
  const failed = [
    { check: 0, failure: 'throw' },
    { check: 1, failure: 'throw' },
  ] as const
  expect(told.checksFailed(1, 0, failed)).toEqual(['keep 1:0[0] but 1', 'wait 1:0[0 1]'])
  told.retryDue(0, 0)
  told.part(0, 1, 1, 1)
  expect(told.ended(0, 1)).toEqual(['dispatch 2 to 0: 1:0[0 1]'])
  // Its one further attempt is made.
  expect(told.checksFailed(2, 0, [{ check: 1, failure: 'throw' }])).toEqual(['deliver 1:0 1 after 1'])
})

test('what could not begin alone comes back with the rest of its piece, charged with nothing', () => {
  const told = working(1)
  told.died(0, [0])
  told.open(0)
  expect(told.checksFailed(2, 0, [{ check: 2, failure: undefined }])).toEqual(['keep 1:0[0] but 2'])
  expect(told.ended(0, 2, [], 1)).toEqual(['retireLane 0'])
  told.died(0)
  expect(told.chargedNext()).toEqual([])
})

test('in a run that is cut short nothing is tried again, and what its thread has ended is aborted', () => {
  const told = working(2)
  told.cancel('soon')
  expect(told.checksFailed(1, 0, [{ check: 1, failure: 'throw' }])).toEqual(['deliver 1:0 1 after 1'])
  told.overdue(0, 1, [4], true)
  expect(told.died(0, [4])).toEqual([
    'openLane 0',
    'settle 1:0[1].1 timedOut after 1',
    'settle 1:0[1 2] aborted after 0', // of its executions, its checks tell
    'end 1 cancelled, not exhausted',
  ])
})
