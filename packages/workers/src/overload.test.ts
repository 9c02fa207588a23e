import { describe, expect, test, vi } from 'vitest'
import { isOverload, overloaded, retryAfterOf, throwIfOverloaded } from './overload.ts'

function answer(status: number, retryAfter?: string): Response {
  return new Response(null, { status, headers: retryAfter === undefined ? {} : { 'retry-after': retryAfter } })
}

function thrownBy(response: Response): unknown {
  try {
    throwIfOverloaded(response)
    return undefined
  } catch (error) {
    return error
  }
}

describe('throwIfOverloaded()', () => {
  test.each([200, 204, 404, 500, 502])('gives back a response with status %i', (status) => {
    const response = answer(status)
    expect(throwIfOverloaded(response)).toBe(response)
  })

  test.each([429, 503])('throws for status %i', (status) => {
    expect(thrownBy(answer(status))).toMatchObject({ name: 'OverloadedError', overloaded: true })
  })

  test('reads Retry-After in seconds and as a date', () => {
    vi.useFakeTimers({ now: Date.UTC(2026, 0, 1) })
    try {
      expect(thrownBy(answer(429, '3'))).toMatchObject({ retryAfterMs: 3000 })
      expect(thrownBy(answer(429, 'Thu, 01 Jan 2026 00:00:10 GMT'))).toMatchObject({ retryAfterMs: 10_000 })
      expect(thrownBy(answer(429, 'Wed, 31 Dec 2025 00:00:00 GMT'))).toMatchObject({ retryAfterMs: 0 })
    } finally {
      vi.useRealTimers()
    }
  })

  test.each(['', 'soon', '-1'])('passes over a Retry-After of %j', (header) => {
    expect(retryAfterOf(thrownBy(answer(503, header)))).toBeUndefined()
  })
})

describe('what is thrown', () => {
  test('is an overload when it says so', () => {
    expect(isOverload(overloaded())).toBe(true)
    expect(isOverload(Object.assign(new Error('busy'), { overloaded: true }))).toBe(true)
    expect([new Error('no'), { overloaded: 'yes' }, null, undefined, 'overloaded'].map(isOverload)).toEqual(
      Array(5).fill(false),
    )
  })

  test('may ask for a wait', () => {
    expect(retryAfterOf(overloaded(50))).toBe(50)
    expect([overloaded(), overloaded(0), { retryAfterMs: 'soon' }, null, 7].map(retryAfterOf)).toEqual(
      Array(5).fill(undefined),
    )
  })

  test('that does not want to be looked at is neither', () => {
    const hostile = new Proxy(
      {},
      {
        has: () => {
          throw new Error('no')
        },
      },
    )
    expect(isOverload(hostile)).toBe(false)
    expect(retryAfterOf(hostile)).toBeUndefined()
  })
})
