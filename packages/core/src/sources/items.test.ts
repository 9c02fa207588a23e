import { PassThrough, Readable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { drain, tasksOf, WIDE } from './testing/drain.ts'
import type { Drained } from './testing/drain.ts'
import { toSource } from './to-source.ts'

const items = ({ tasks }: Drained): unknown[] => tasks.map((task) => task.item)
const sizes = ({ shards }: Drained): number[] => shards.map((shard) => shard.tasks)
const limits = fc.record({ maxTasks: fc.integer({ min: 1, max: 7 }), maxBytes: fc.integer({ min: 1, max: 400 }) })
const value = fc.oneof(fc.string(), fc.integer(), fc.record({ name: fc.string() }), fc.constant(null))

async function* asynchronous<T>(values: Iterable<T>): AsyncGenerator<T> {
  yield* values
}

test('arrays, iterables and asynchronous iterables give their items in order, numbered from 0', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(value), limits, fc.integer({ min: 1, max: 3 }), async (values, limits, piece) => {
      for (const input of [
        values,
        new Set(values.map((item) => ({ item }))),
        asynchronous(values),
        Readable.from(values.filter((item) => item !== null)),
      ]) {
        const expected =
          input instanceof Set
            ? [...input]
            : input instanceof Readable
              ? values.filter((item) => item !== null)
              : values
        const drained = await drain(toSource(input), limits, piece)
        expect(items(drained)).toEqual(expected)
        expect(drained.tasks.map((task) => task.index)).toEqual(expected.map((_, at) => at))
        expect(drained.tasks.map((task) => task.record)).toEqual(expected)
        for (const count of sizes(drained)) expect(count).toBeLessThanOrEqual(limits.maxTasks)
      }
    }),
  )
})

test('an array is cut before the limit of bytes, and a larger item comes alone', async () => {
  const large = 'x'.repeat(1000)
  const drained = await drain(toSource(['a', 'b', large, 'c']), { maxTasks: 100, maxBytes: 500 })
  expect(sizes(drained)).toEqual([2, 1, 1])
})

test('strings travel joined, numbers as bytes, all else as it is', async () => {
  const kindOf = async (input: unknown): Promise<string | undefined> =>
    (await drain(toSource(input))).shards[0]?.payload(0, 1).payload.kind
  expect(await kindOf(['a', 'b'])).toBe('strings')
  expect(await kindOf(['a', 1])).toBe('items')
  expect(await kindOf(Uint32Array.of(1))).toBe('numbers')
})

test('typed arrays of every kind give their numbers, and keep them', async () => {
  const shared = new Uint16Array(new SharedArrayBuffer(8)).fill(7)
  for (const numbers of [
    Int8Array.of(-1, 2, 3),
    Float64Array.of(0.5, NaN),
    BigUint64Array.of(1n, 2n),
    Buffer.from('abc'),
    shared,
  ]) {
    const expected: unknown[] = [...numbers]
    const drained = await drain(toSource(numbers), { maxTasks: 2, maxBytes: 1000 }, 1)
    expect(items(drained)).toEqual(expected)
    expect([...numbers]).toEqual(expected)
  }
})

test('numbers in shared memory are sent as they are, all others as a copy', async () => {
  for (const buffer of [new SharedArrayBuffer(8), new ArrayBuffer(8)]) {
    const numbers = new Uint16Array(buffer, 2)
    const { payload, transfer } = (await drain(toSource(numbers))).shards[0]!.payload(1, 3)
    if (payload.kind !== 'numbers') throw new Error(`sent as ${payload.kind}`)
    numbers[1] = 42
    expect(payload.numbers[0]).toBe(buffer instanceof SharedArrayBuffer ? 42 : 0)
    expect(transfer.length).toBe(buffer instanceof SharedArrayBuffer ? 0 : 1)
  }
})

test('the number of items of an array is known, that of an iterable is not', async () => {
  expect((await toSource([1, 2, 3]).open()).totalTasks).toBe(3)
  expect((await toSource(new Float32Array(9)).open()).totalTasks).toBe(9)
  expect((await toSource(new Set([1])).open()).totalTasks).toBeUndefined()
})

test('an array of a class of its own is read without making another one', async () => {
  class Rows extends Array<unknown> {
    constructor(rows: readonly unknown[]) {
      super()
      this.push(...rows)
    }
  }
  for (const values of [
    ['a', 'b', 'c'],
    [{}, null, 3],
  ]) {
    const drained = await drain(toSource(new Rows(values)), { maxTasks: 2, maxBytes: 1000 }, 1)
    expect(items(drained)).toEqual(values)
  }
})

test('an iterable is asked for no more than the shard may have, and its return is called when it is closed', async () => {
  let asked = 0
  let returned = false
  function* endless(): Generator<number> {
    try {
      for (;;) yield asked++
    } finally {
      returned = true
    }
  }
  const reader = await toSource(endless()).open()
  expect((await reader.next({ maxTasks: 5, maxBytes: 1000 }))?.tasks).toBe(5)
  expect(asked).toBe(5)
  reader.close()
  expect(returned).toBe(true)
})

test('an asynchronous iterable is asked for no more than the shard may have', async () => {
  let asked = 0
  async function* endless(): AsyncGenerator<number> {
    for (;;) yield asked++
  }
  const reader = await toSource(endless()).open()
  expect((await reader.next({ maxTasks: 5, maxBytes: 1000 }))?.tasks).toBe(5)
  await delay(10)
  expect(asked).toBe(5)
  reader.close()
})

test('items of a slow iterable are handed out when the next one is late, and that one is not lost', async () => {
  let release = (): void => {}
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  async function* slow(): AsyncGenerator<string> {
    yield 'a'
    yield 'b'
    await held
    yield 'c'
  }
  const reader = await toSource(slow()).open()
  const first = await reader.next(WIDE)
  expect(first && tasksOf(first).map((task) => task.item)).toEqual(['a', 'b'])
  release()
  await delay(20)
  const second = await reader.next(WIDE)
  expect(second && tasksOf(second).map((task) => [task.index, task.item])).toEqual([[2, 'c']])
  expect(await reader.next(WIDE)).toBeUndefined()
})

test('an iterable that throws ends the source with its error, after what had come before', async () => {
  const cause = new Error('cursor lost')
  function* failing(): Generator<number> {
    yield 1
    yield 2
    throw cause
  }
  async function* failingLater(): AsyncGenerator<number> {
    yield* failing()
  }
  for (const input of [failing(), failingLater()]) {
    const drained = await drain(toSource(input))
    expect(items(drained)).toEqual([1, 2])
    expect(drained.broken).toMatchObject({ code: 'FANFOLD_SOURCE_FAILED', cause })
  }
})

test('closing waits neither for a pending next() nor for return(), whose rejection harms nobody', async () => {
  const input = {
    [Symbol.asyncIterator]: () => ({
      next: () => new Promise<IteratorResult<number>>(() => {}),
      return: () => Promise.reject(new Error('cannot stop')),
    }),
  }
  const reader = await toSource(input).open()
  const next = reader.next(WIDE)
  reader.close()
  expect(await next).toBeUndefined()
})

test('an object stream that is silent is destroyed when it is closed', async () => {
  const stream = new PassThrough({ objectMode: true })
  const reader = await toSource(stream).open()
  const next = reader.next(WIDE)
  reader.close()
  expect(await next).toBeUndefined()
  expect(stream.destroyed).toBe(true)
})

test('a generator is read once, a set as often as wanted', async () => {
  const set = toSource(new Set([1, 2]))
  expect(items(await drain(set))).toEqual(items(await drain(set)))
  const unsaid = { code: 'FANFOLD_SOURCE_UNREADABLE' }
  for (const input of [[1].values(), asynchronous([1])]) {
    const source = toSource(input)
    await drain(source)
    await expect(source.open()).rejects.toMatchObject(unsaid)
  }
})

test('what cannot be a source is refused, with what to give instead', () => {
  const remedies: [unknown, string][] = [
    ['customers.ndjson', 'ndjson(path)'],
    [42, 'a number'],
    [undefined, 'undefined'],
    [{ a: 1 }, 'an object'],
    [() => [1], 'call it'],
    [Promise.resolve([]), 'Await it'],
    [new URL('file:///x'), 'ndjson(url)'],
    [new SharedArrayBuffer(8), 'a typed array over it'],
    [new DataView(new ArrayBuffer(1)), 'an instance of DataView'],
  ]
  for (const [input, part] of remedies) {
    expect(() => toSource(input)).toThrow(
      expect.objectContaining({ code: 'FANFOLD_BAD_SOURCE', message: expect.stringContaining(part) }),
    )
  }
})

const NO_TEXT: unknown = Object.create(null)
const revoked = (): object => {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}
const throwing = (cause: unknown) => (): never => {
  throw cause
}

test.each([
  ['a result that is undefined', () => undefined],
  ['a result whose value throws', () => Object.defineProperty({ done: false }, 'value', { get: throwing('no value') })],
  ['a result whose done throws', () => Object.defineProperty({ value: 1 }, 'done', { get: throwing(NO_TEXT) })],
  ['a thrown value that has no text', throwing(NO_TEXT)],
  ['a thrown value that cannot be looked at', throwing(revoked())],
])('an iterator breaks the source, and nothing else, by %s', async (_, misbehave) => {
  const iterator = (): { next: () => unknown } => {
    let asked = 0
    return { next: () => (asked++ === 0 ? { done: false, value: 1 } : misbehave()) }
  }
  for (const symbol of [Symbol.iterator, Symbol.asyncIterator]) {
    const { tasks, broken } = await drain(toSource({ [symbol]: iterator }))
    expect(tasks.map((task) => task.item)).toEqual([1])
    expect(broken).toMatchObject({ code: 'FANFOLD_SOURCE_FAILED' })
  }
})

test('an iterator that misbehaves after its shard was handed out breaks the source too', async () => {
  const answers = [() => ({ done: false, value: 1 }), (): Promise<void> => delay(30)]
  const iterator = { next: (): unknown => answers.shift()?.() }
  const reader = await toSource({ [Symbol.asyncIterator]: () => iterator }).open()
  expect((await reader.next(WIDE))?.tasks).toBe(1)
  await delay(60)
  await expect(reader.next(WIDE)).rejects.toMatchObject({ code: 'FANFOLD_SOURCE_FAILED' })
})

test('an item that cannot be looked at is a task as any other, until it is sent', async () => {
  const trapping = new Proxy({}, { ownKeys: throwing(NO_TEXT), getPrototypeOf: throwing(NO_TEXT) })
  for (const item of [revoked(), trapping]) {
    const values = ['a', item, 'b']
    const later = { [Symbol.asyncIterator]: () => values.values() }
    for (const input of [values, new Set(values), later]) {
      const reader = await toSource(input).open()
      const shard = await reader.next(WIDE)
      expect(shard?.tasks).toBe(3)
      expect(shard?.recordAt(1) === item).toBe(true)
      reader.close()
    }
  }
})
