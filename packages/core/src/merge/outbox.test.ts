import { expect, test } from 'vitest'
import type { Shard } from '../sources/shard.ts'
import { OutcomeBatch } from './batch.ts'
import { Outbox } from './outbox.ts'

function batch(): OutcomeBatch {
  const shard = { tasks: 1 } as Shard // nobody asks it for more here
  return OutcomeBatch.settled(shard, {
    shard: 0,
    ranges: [0, 1],
    status: 'aborted',
    attempts: 0,
    retries: 0,
    durationMs: 0,
    error: new Error('cancelled'),
  })
}

/** An outbox and the batches that were taken from it. */
function outbox(): { outbox: Outbox; taken: OutcomeBatch[] } {
  const taken: OutcomeBatch[] = []
  return { outbox: new Outbox((it) => taken.push(it)), taken }
}

test('batches are held until they are taken, in the order they came', async () => {
  const { outbox: box, taken } = outbox()
  const [first, second] = [batch(), batch()]
  box.add(first)
  box.add(second)
  expect([box.waits, taken.length]).toEqual([2, 0])
  expect(await box.next()).toBe(first)
  expect(taken).toEqual([first])
  expect(await box.next()).toBe(second)
  expect(box.waits).toBe(0)
})

test('who waits gets the next batch, and the end after the last', async () => {
  const { outbox: box, taken } = outbox()
  const waiting = box.next()
  const it = batch()
  box.add(it)
  expect(taken).toEqual([it])
  expect(await waiting).toBe(it)
  const end = box.next()
  box.end(undefined)
  expect(await end).toBeUndefined()
  expect(await box.next()).toBeUndefined()
})

test('several may wait at once: each gets its own, in order, and no promise is lost', async () => {
  const { outbox: box } = outbox()
  const waiting = [box.next(), box.next(), box.next()]
  const [first, second] = [batch(), batch()]
  box.add(first)
  box.add(second)
  box.end(undefined)
  for (const [at, expected] of [first, second, undefined].entries()) expect(await waiting[at]).toBe(expected)
})

test('what was added before the end is still there after it', async () => {
  const { outbox: box } = outbox()
  const it = batch()
  box.add(it)
  box.end(new Error('the source broke'))
  expect(await box.next()).toBe(it)
  await expect(box.next()).rejects.toThrow('the source broke')
})

test('an error is thrown once, whoever waited for it; then the iteration is at its end', async () => {
  const { outbox: box } = outbox()
  const waiting = [box.next(), box.next()]
  box.end(new Error('the source broke'))
  await expect(waiting[0]).rejects.toThrow('the source broke')
  expect(await waiting[1]).toBeUndefined()
  expect(await box.next()).toBeUndefined()
})

test('the first end counts', async () => {
  const { outbox: box } = outbox()
  box.end(undefined)
  box.end(new Error('too late'))
  expect(await box.next()).toBeUndefined()
})

test('drained, batches are taken as they come, those that waited too', () => {
  const { outbox: box, taken } = outbox()
  const [first, second] = [batch(), batch()]
  box.add(first)
  box.drain()
  box.add(second)
  expect(taken).toEqual([first, second])
  expect(box.isUnread).toBe(false)
})

test('there is one reader: a second one is told who was first', () => {
  const iterated = outbox().outbox
  expect(iterated.isUnread).toBe(true)
  iterated.claim()
  expect(iterated.isUnread).toBe(false)
  expect(() => iterated.claim()).toThrow(expect.objectContaining({ code: 'FANFOLD_RUN_CONSUMED' }))
  const drained = outbox().outbox
  drained.drain()
  expect(() => drained.claim()).toThrow(/report\(\) was awaited before/)
})

test('after a loop that was left, batches are dropped, and a second reader is told why', () => {
  const { outbox: box, taken } = outbox()
  box.add(batch())
  box.claim()
  box.drain()
  box.add(batch())
  expect(taken).toHaveLength(2)
  expect(() => box.claim()).toThrow(/a loop over them was left/)
})

test('where a run could not start, nothing is left to take but the error', async () => {
  const { outbox: box, taken } = outbox()
  box.add(batch())
  box.fail(new Error('no such file'))
  expect([box.waits, taken.length]).toEqual([0, 1])
  box.claim()
  await expect(box.next()).rejects.toThrow('no such file')
  expect(await box.next()).toBeUndefined()
})
