import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { LimitShare } from './limit-share.ts'
import type { CallEnd } from './limit-share.ts'

/** A share, and calls that use it: each is told by a letter. */
class Played {
  nowMs = 0
  readonly told: ('at once' | 'soon')[] = []
  readonly granted: string[] = []
  readonly refused: string[] = []
  readonly share = new LimitShare({
    nowMs: () => this.nowMs,
    tellSoon: (isUrgent) => this.told.push(isUrgent ? 'at once' : 'soon'),
  })

  call(name: string): void {
    if (this.share.take()) this.granted.push(name)
    else {
      this.share.wait({
        sinceMs: this.nowMs,
        holds: [],
        granted: () => this.granted.push(name),
        refused: () => this.refused.push(name),
        deadlocked: () => {},
      })
    }
  }

  end(how: 'succeeded' | 'failed' | 'rejected' | 'dropped' = 'succeeded'): void {
    this.share.ended(how === 'succeeded' || how === 'failed' ? { how, ms: 1 } : { how })
  }
}

describe('a permit that a call lets go', () => {
  test('is given to the next one without a word', () => {
    const played = new Played()
    for (const name of 'abc') played.call(name)
    played.share.granted(1)
    played.share.tell()
    played.told.length = 0
    played.end()
    played.end()
    expect(played.granted).toEqual(['a', 'b', 'c'])
    expect(played.told).not.toContain('at once')
    expect(played.share.tell()).toMatchObject({ granted: 1, waiting: 0, returned: 0, results: { calls: 2, failed: 0 } })
  })

  test('goes back when it was called back, before anybody here has it', () => {
    const played = new Played()
    for (const name of 'abc') played.call(name)
    played.share.granted(2)
    played.share.recalled(1)
    played.end()
    expect(played.granted).toEqual(['a', 'b'])
    expect(played.share.tell()).toMatchObject({ returned: 1, waiting: 1 })
    played.end()
    expect(played.granted).toEqual(['a', 'b', 'c'])
  })

  test('goes back when the call was rejected: there were too many', () => {
    const played = new Played()
    for (const name of 'ab') played.call(name)
    played.share.granted(1)
    played.end('rejected')
    expect(played.granted).toEqual(['a'])
    expect(played.share.tell()).toMatchObject({
      returned: 1,
      waiting: 1,
      results: { calls: 1, failed: 1, rejected: 1 },
    })
  })

  test('goes back when nobody has needed it between two looks', () => {
    const played = new Played()
    played.call('a')
    played.share.granted(3)
    played.share.giveBackIdle()
    played.call('b')
    played.share.giveBackIdle()
    expect(played.share.tell()).toMatchObject({ returned: 1 })
  })
})

test('a permit that is free and called back goes back at once', () => {
  const played = new Played()
  played.call('a')
  played.share.granted(3)
  played.share.recalled(2)
  expect(played.told.at(-1)).toBe('at once')
  expect(played.share.tell()).toMatchObject({ returned: 2 })
})

test('with a rate each permit is for one start, whose time is told', () => {
  const played = new Played()
  played.share.hasRate = true
  for (const name of 'ab') played.call(name)
  played.nowMs = 7
  played.share.granted(1)
  expect(played.share.tell()).toMatchObject({ starts: [7], returned: 0, waiting: 1 })
  played.end()
  expect(played.granted).toEqual(['a'])
  expect(played.share.tell()).toMatchObject({ starts: [], returned: 1, unused: 0 })
  played.share.granted(2)
  expect(played.share.tell()).toMatchObject({ starts: [7], returned: 1, unused: 1 })
})

test('while calls are refused they do not wait, and free permits go back', () => {
  const played = new Played()
  for (const name of 'ab') played.call(name)
  played.share.granted(1)
  played.share.refused(100)
  expect(played.refused).toEqual(['b'])
  expect(played.share.refuse()).toBe(100)
  played.nowMs = 100
  expect(played.share.refuse()).toBe(0)
  expect(played.share.tell()).toMatchObject({ refused: 2, waiting: 0, returned: 0 })
})

test('a call that nobody waits for any more says nothing of the downstream', () => {
  const played = new Played()
  played.call('a')
  played.share.granted(1)
  played.end('dropped')
  expect(played.share.tell()).toMatchObject({ results: { calls: 0, failed: 0 } })
})

test('whatever happens, permits are used, free, or given back, and calls are served in their order', () => {
  const move = fc.oneof(
    fc.record({ do: fc.constant('grant' as const), n: fc.integer({ min: 1, max: 5 }) }),
    fc.record({ do: fc.constant('recall' as const), n: fc.integer({ min: 1, max: 5 }) }),
    fc.record({ do: fc.constantFrom('call' as const, 'end' as const, 'idle' as const, 'refuse' as const) }),
  )
  fc.assert(
    fc.property(fc.boolean(), fc.array(move, { maxLength: 80 }), (hasRate, moves) => {
      const played = new Played()
      played.share.hasRate = hasRate
      let granted = 0
      let returned = 0
      let ended = 0
      let calls = 0
      const ends: CallEnd['how'][] = ['succeeded', 'failed', 'rejected', 'dropped']
      for (const [i, it] of moves.entries()) {
        if (it.do === 'grant') {
          granted += it.n
          played.share.granted(it.n)
        } else if (it.do === 'recall') played.share.recalled(it.n)
        else if (it.do === 'call') played.call(String(calls++))
        else if (it.do === 'idle') played.share.giveBackIdle()
        else if (it.do === 'refuse') played.share.refused(0)
        else if (played.granted.length > ended) {
          ended++
          played.end(ends[i % ends.length])
        }
        returned += played.share.tell()?.returned ?? 0
        const inUse = played.granted.length - ended
        expect(inUse).toBeGreaterThanOrEqual(0)
        expect(granted - returned).toBeGreaterThanOrEqual(inUse)
        expect(played.granted).toEqual(played.granted.toSorted((a, b) => Number(a) - Number(b)))
      }
      // When nothing is under way and nobody waits, nothing is left here after two looks.
      played.share.refused(0)
      while (played.granted.length > ended) {
        ended++
        played.end()
      }
      played.share.giveBackIdle()
      played.share.giveBackIdle()
      expect(granted - returned - (played.share.tell()?.returned ?? 0)).toBe(0)
    }),
  )
})
