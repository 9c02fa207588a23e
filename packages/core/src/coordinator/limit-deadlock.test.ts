import { describe, expect, test } from 'vitest'
import { NEVER } from '../policy/recycling.ts'
import { ONE_PERMIT, limitUse } from './testing/limit-use.ts'
import { Told } from './testing/told.ts'

/** Two lanes and the limits a and b of one permit each: lane 0 has that of a, lane 1 that of b. */
function divided(): Told {
  const told = new Told(2, NEVER, { a: ONE_PERMIT, b: ONE_PERMIT })
  for (let lane = 0; lane < 2; lane++) told.tell({ type: 'laneOpened', lane })
  told.tell(limitUse(0, 'a', { waiting: 1 }))
  told.tell(limitUse(1, 'b', { waiting: 1 }))
  return told
}

/** Each waits for what the other has. */
function locked(): Told {
  const told = divided()
  told.tell(
    limitUse(0, 'b', { waiting: 1 }),
    limitUse(0, 'a', { granted: 1, blocked: { b: 1 } }),
    limitUse(1, 'a', { waiting: 1 }),
  )
  return told
}

describe('limits whose permits are all held by calls that wait for one another', () => {
  test('are looked at again, and then one call gives up', () => {
    const told = locked()
    expect(told.tell(limitUse(1, 'b', { granted: 1, blocked: { a: 1 } }))).toEqual(['wait 200 for a deadlock'])
    expect(told.tell({ type: 'deadlockDue' })).toEqual(['unlock a on 1 among a b', 'wait 200 for a deadlock'])
    // It lets go of b, for which the other has waited.
    told.tell(limitUse(1, 'a', {}))
    expect(told.tell(limitUse(1, 'b', { granted: 1, returned: 1 }))).toEqual(['grant 1 of b on 0'])
    expect(told.tell({ type: 'deadlockDue' })).toEqual([])
  })

  test('are left alone when one of them has let go meanwhile', () => {
    const told = locked()
    told.tell(limitUse(1, 'b', { granted: 1, blocked: { a: 1 } }))
    told.died(1)
    expect(told.tell({ type: 'deadlockDue' })).toEqual([])
  })
})

describe('no call gives up', () => {
  test('as long as one of the permits is held by a call that does not wait', () => {
    expect(locked().tell(limitUse(1, 'b', { granted: 1 }))).toEqual([])
  })

  test('when a permit is on its way to the one that waits', () => {
    const told = divided()
    told.tell({ type: 'limitUpdated', limit: 'a', settings: { ...ONE_PERMIT, concurrency: 2, maxConcurrency: 2 } })
    expect(told.tell(limitUse(1, 'a', { waiting: 1 }))).toEqual(['grant 1 of a on 1'])
    told.tell(limitUse(0, 'b', { waiting: 1 }), limitUse(0, 'a', { granted: 1, blocked: { b: 1 } }))
    expect(told.tell(limitUse(1, 'b', { granted: 1, blocked: { a: 1 } }))).toEqual([])
  })

  test('for a limit that others wait for, but that waits for none', () => {
    const told = divided()
    told.tell(limitUse(0, 'b', { waiting: 1 }))
    expect(told.tell(limitUse(0, 'a', { granted: 1, blocked: { b: 1 } }))).toEqual([])
  })
})

test('a call that waits for the limit which it holds is locked by itself', () => {
  const told = divided()
  told.tell(limitUse(0, 'a', { granted: 1, waiting: 1, blocked: { a: 1 } }))
  expect(told.tell({ type: 'deadlockDue' })).toEqual(['unlock a on 0 among a', 'wait 200 for a deadlock'])
})
