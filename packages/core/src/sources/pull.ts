import { isNodeStream } from './stream-state.ts'

/** An asynchronous iterable, asked for one value at a time. */
export interface Pull<T> {
  next(): Promise<IteratorResult<T, unknown>>
  /** Tells it that no more is wanted; does not wait, and swallows what it says to that. Not called after its end. */
  close(): void
}

/**
 * Starts to read an asynchronous iterable.
 *
 * A generator's `return()` waits for its pending `next()`, and so does the iterator of a stream. Streams are therefore
 * ended by their own means: a Node stream is destroyed, a web stream is cancelled.
 */
export function pull<T>(input: AsyncIterable<T> | ReadableStream<T>): Pull<T> {
  if ('getReader' in input && typeof input.getReader === 'function') return pullWeb(input)
  const iterable = input as AsyncIterable<T>
  const iterator = iterable[Symbol.asyncIterator]()
  return {
    // Async, so that an iterator which throws at once, or answers without a promise, is no special case. The result is
    // taken apart in here, so that one which is no object, or whose getters throw, is none either.
    next: async () => {
      const result: unknown = await iterator.next()
      if (typeof result !== 'object' || result === null) throw new TypeError('its next() did not give an object')
      const { done, value } = result as IteratorResult<T, unknown>
      return done === true ? { done, value } : { done: false, value }
    },
    close: () => {
      swallow(() => iterator.return?.())
      if (isNodeStream(iterable)) swallow(() => iterable.destroy())
    },
  }
}

function pullWeb<T>(stream: ReadableStream<T>): Pull<T> {
  const reader = stream.getReader()
  return {
    next: async () => {
      const { done, value } = await reader.read()
      return done ? { done: true, value: undefined } : { done: false, value }
    },
    close: () => swallow(() => reader.cancel()),
  }
}

/** For calls whose outcome nobody can use any more. */
export function swallow(call: () => unknown): void {
  try {
    Promise.resolve(call()).catch(() => {})
  } catch {
    // As above.
  }
}
