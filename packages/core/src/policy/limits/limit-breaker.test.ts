import { expect, test } from 'vitest'
import { LimitBreaker } from './limit-breaker.ts'

const settings = { percentage: 50, calls: 10, openMs: 1000 }

function opened(): LimitBreaker {
  const breaker = new LimitBreaker(settings)
  breaker.settled(0, 10, 0)
  return breaker
}

test('it opens when more than its share of the last calls have failed, and not of fewer calls', () => {
  const breaker = new LimitBreaker(settings)
  breaker.settled(0, 9, 0)
  expect(breaker.phase).toBe('closed')
  const half = new LimitBreaker(settings)
  half.settled(5, 5, 0)
  expect(half.phase).toBe('closed')
  const more = new LimitBreaker(settings)
  more.settled(4, 0, 0)
  more.settled(0, 6, 0)
  expect(more.phase).toBe('open')
})

test('what has failed long ago is forgotten', () => {
  const breaker = new LimitBreaker(settings)
  breaker.settled(0, 5, 0)
  breaker.settled(1000, 0, 0)
  breaker.settled(0, 5, 0)
  expect(breaker.phase).toBe('closed')
})

test('it refuses for its time, and then lets one through to see', () => {
  const breaker = opened()
  expect(breaker).toMatchObject({ phase: 'open', bound: 0 })
  expect(breaker.opensInMs(400)).toBe(600)
  breaker.look(999)
  expect(breaker.phase).toBe('open')
  breaker.look(1000)
  expect(breaker).toMatchObject({ phase: 'halfOpen', bound: 1 })
  expect(breaker.opensInMs(1000)).toBe(0)
})

test('the one that is let through closes it, or opens it again', () => {
  const good = opened()
  good.look(1000)
  good.settled(1, 0, 1100)
  expect(good).toMatchObject({ phase: 'closed', bound: Infinity })
  good.settled(0, 9, 1200)
  expect(good.phase).toBe('closed') // it counts anew

  const bad = opened()
  bad.look(1000)
  bad.settled(0, 1, 1100)
  expect(bad.phase).toBe('open')
  expect(bad.opensInMs(1100)).toBe(1000)
})

test('calls that were under way when it opened neither close it nor prolong it', () => {
  const breaker = opened()
  breaker.settled(20, 20, 500)
  expect(breaker.opensInMs(500)).toBe(500)
})
