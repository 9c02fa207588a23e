import { types } from 'node:util'
import { FanfoldError } from '@fanfold/workers/protocol'
import { asyncIterableSource } from './async-iterables.ts'
import type { NumberArray } from './item-shards.ts'
import { arraySource, numbersSource } from './items.ts'
import { iterableSource } from './iterables.ts'
import type { Source } from './shard.ts'
import { nameOf } from './text-source.ts'

/** What a run accepts as its source; a typed array's items are numbers (or bigints). */
export type SourceInput<Item = unknown> = Source<Item> | Iterable<Item> | AsyncIterable<Item> | ReadableStream<Item>

/**
 * What a run accepts as its source: one made by `ndjson`, `csv` or `lines`, or items: an array, a typed array, an
 * iterable, an asynchronous iterable or stream.
 *
 * @throws {FanfoldError} `FANFOLD_BAD_SOURCE`
 */
export function toSource(input: unknown): Source {
  if (typeof input === 'string') {
    throw badSource(
      `the string ${quoted(input)}`,
      'If it is a path, give ndjson(path), csv(path) or lines(path); if it is one item, give [item].',
    )
  }
  if (typeof input === 'function') throw badSource('a function', 'If it is a generator function, call it.')
  if (typeof input !== 'object' || input === null) throw badSource(nameOf(input), REMEDY)
  if (isSource(input)) return input
  if (Array.isArray(input)) return arraySource(input)
  if (ArrayBuffer.isView(input) && !(input instanceof DataView)) {
    // Whatever is a view and not a DataView is a typed array.
    return numbersSource(input as NumberArray)
  }
  if (Symbol.asyncIterator in input || 'getReader' in input) {
    return asyncIterableSource(input as AsyncIterable<unknown> | ReadableStream<unknown>)
  }
  if (Symbol.iterator in input) return iterableSource(input as Iterable<unknown>)
  if (input instanceof Promise) throw badSource('a promise', 'Await it first.')
  if (input instanceof URL) throw badSource(nameOf(input), 'Give ndjson(url), csv(url) or lines(url).')
  if (types.isAnyArrayBuffer(input))
    throw badSource(nameOf(input), 'Give a typed array over it: its items are numbers.')
  throw badSource(nameOf(input), REMEDY)
}

const REMEDY = 'Give ndjson(path), csv(path) or lines(path), an array, or anything that can be iterated.'

function isSource(input: object): input is Source {
  return 'open' in input && typeof input.open === 'function'
}

function badSource(received: string, remedy: string): FanfoldError {
  return new FanfoldError('FANFOLD_BAD_SOURCE', `the source is ${received}. ${remedy}`)
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text)
}
