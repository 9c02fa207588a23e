import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeError, encodeError } from './error-codec.ts'
import { FanfoldError } from './fanfold-error.ts'

/** As it arrives on the other side of a port. */
function sent(thrown: unknown): Error {
  return decodeError(structuredClone(encodeError(thrown)))
}

test('an error keeps its name, message, stack, code, cause and own fields', () => {
  class QueryError extends TypeError {
    override readonly name = 'QueryError'
    readonly code = 42
    readonly rows = [1, 2]
  }
  const thrown = new QueryError('no such table', { cause: new RangeError('inner', { cause: 'text' }) })
  const error = sent(thrown)
  expect(error).toMatchObject({
    name: 'QueryError',
    message: 'no such table',
    code: 42,
    rows: [1, 2],
    stack: thrown.stack,
  })
  expect(error.cause).toMatchObject({ name: 'RangeError', message: 'inner', cause: 'text' })
})

test("an error of Fanfold's own is one again", () => {
  const error = sent(new FanfoldError('FANFOLD_BAD_VERDICT', 'nothing'))
  expect(error).toBeInstanceOf(FanfoldError)
  expect(error).toMatchObject({ code: 'FANFOLD_BAD_VERDICT' })
})

test('what is no error becomes the cause of one', () => {
  for (const thrown of [null, undefined, 'text', 7, { plain: true }]) expect(sent(thrown).cause).toEqual(thrown)
  expect(sent(Symbol('s')).cause).toBe('Symbol(s)')
  expect(typeof sent(() => 1).cause).toBe('string')
})

test('fields and causes that cannot be sent are described, the rest of the error arrives', () => {
  const thrown = Object.assign(new Error('with a function'), { f: () => 1, ok: true, cause: Symbol('why') })
  expect(sent(thrown)).toMatchObject({ message: 'with a function', ok: true, f: '() => 1', cause: 'Symbol(why)' })
})

test('a circle of causes ends', () => {
  const a = new Error('a')
  a.cause = new Error('b', { cause: a })
  expect(sent(a).message).toBe('a')
})

test('an error whose getters throw is an error all the same', () => {
  const hostile = new Error('x')
  Object.defineProperty(hostile, 'stack', {
    get() {
      throw new Error('no')
    },
  })
  expect(sent(hostile)).toBeInstanceOf(Error)
})

test('whatever is thrown, encoding does not throw and an Error arrives', () => {
  fc.assert(
    fc.property(fc.anything(), (thrown) => {
      expect(sent(thrown)).toBeInstanceOf(Error)
    }),
  )
})
