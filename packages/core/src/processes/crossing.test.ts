import { createSecretKey, randomBytes } from 'node:crypto'
import { BlockList } from 'node:net'
import { deserialisePlain } from '@fanfold/workers/protocol'
import { expect, test } from 'vitest'
import { checkConfigForProcess, serialiseForProcess } from './crossing.ts'

class Point {
  readonly x = 1
  readonly inner: unknown
  constructor(inner?: unknown) {
    this.inner = inner
  }
}

// Its types are the DOM's.
const { Module } = Reflect.get(globalThis, 'WebAssembly') as { Module: new (bytes: Uint8Array) => object }

const circular: { self?: unknown } = {}
circular.self = circular

test.each([
  ['plain data', { a: [1, 'x', null, undefined, 2n ** 70n], m: new Map([[1, new Set([2])]]), d: new Date(0), r: /x/g }],
  ['bytes', { bytes: new Uint8Array([1, 2]), view: new DataView(new ArrayBuffer(2)), floats: new Float32Array([0.5]) }],
  ['an error with its cause', new RangeError('outer', { cause: new Error('inner') })],
  ['an object in itself', circular],
  ['an object without a prototype', Object.assign(Object.create(null) as object, { a: 1 })],
])('%s arrives as a thread would have got it', (_, value) => {
  expect(deserialisePlain(serialiseForProcess(value))).toEqual(structuredClone(value))
})

test('an instance of a class arrives as a plain object, as in a thread', () => {
  expect(deserialisePlain(serialiseForProcess([new Point(), new Point()]))).toEqual([{ x: 1 }, { x: 1 }])
})

test('bytes of a Buffer arrive as a Uint8Array, as in a thread', () => {
  const [received] = deserialisePlain(serialiseForProcess([Buffer.from('abc')])) as [Uint8Array]
  expect(Object.getPrototypeOf(received)).toBe(Uint8Array.prototype)
  expect([...received]).toEqual([97, 98, 99])
})

test.each([
  ['a key', () => createSecretKey(randomBytes(16))],
  ['shared memory', () => new SharedArrayBuffer(8)],
  ['a view of shared memory', () => new Uint8Array(new SharedArrayBuffer(8))],
  ['a blob', () => new Blob(['x'])],
  ['a block list', () => new BlockList()],
  ['an exception of the DOM', () => new DOMException('x')],
  ['a port', () => new MessageChannel().port1],
  ['a URL', () => new URL('http://localhost')],
  ['a compiled module', () => new Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]))],
  ['a function', () => () => 1],
  ['a proxy', () => new Proxy({}, {})],
])('%s is refused, wherever it is, and never sent as something else', (_, make) => {
  const value = make()
  const places = [
    value,
    { a: [{ b: value }] },
    new Map([[1, value]]),
    new Set([value]),
    new Error('x', { cause: value }),
    new Point(value),
  ]
  for (const place of places) expect(() => serialiseForProcess(place)).toThrow()
  expect(() => checkConfigForProcess({ value })).toThrow(expect.objectContaining({ code: 'FANFOLD_NOT_CLONEABLE' }))
})

test('a value nested too deeply for a thread is refused', () => {
  let deep: unknown = 1
  for (let i = 0; i < 100_000; i++) deep = [deep]
  expect(() => serialiseForProcess(deep)).toThrow()
})
