import type { Batch } from '../merge/batch.ts'
import type { Outcome } from '../outcome.ts'
import { isLongTurn, nextTurn } from './turn.ts'

/** After so many outcomes one by one it is looked whether others should have their turn. */
const LOOK_EVERY = 64

/**
 * The outcomes of batches, one at a time.
 *
 * @param leave - the loop is left: how many outcomes of the batch in hand are done with; `undefined`: there is none
 */
export function oneByOne<Value>(
  batches: AsyncIterableIterator<Batch<Value>>,
  leave: (done: number | undefined) => Promise<void>,
): AsyncIterableIterator<Outcome<Value>> {
  let batch: Batch<Value> | undefined
  let at = 0
  let turn: Promise<unknown> = Promise.resolve()
  const advance = async (): Promise<IteratorResult<Outcome<Value>>> => {
    if (isLongTurn()) await nextTurn()
    if (batch === undefined || at >= batch.length) {
      const result = await batches.next()
      if (result.done === true) return { done: true, value: undefined }
      batch = result.value
      at = 0
    }
    return { done: false, value: batch.at(at++) }
  }
  // Several may iterate together: each waits for its turn, so that none drops the batch of another.
  const nextInTurn = (): Promise<IteratorResult<Outcome<Value>>> => {
    const result = turn.then(() => advance())
    turn = result.catch(() => {})
    return result
  }
  return {
    // A promise that is settled already costs a third of an async function's.
    next: () =>
      batch !== undefined && at < batch.length && at % LOOK_EVERY !== 0
        ? Promise.resolve({ done: false, value: batch.at(at++) })
        : nextInTurn(),
    return: async () => {
      // The one in hand is not done with.
      const done = batch === undefined ? undefined : Math.max(0, at - 1)
      batch = undefined
      await leave(done)
      await batches.return?.()
      return { done: true, value: undefined }
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}
