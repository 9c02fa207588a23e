import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import type { ReadLimits, Shard, ShardReader } from '../sources/shard.ts'
import { ItemsShard } from '../sources/item-shards.ts'
import { lines } from '../sources/lines.ts'
import { ndjson } from '../sources/ndjson.ts'
import { tasksOf } from '../sources/testing/drain.ts'
import type { ReadTask } from '../sources/testing/drain.ts'
import { Folder } from '../sources/testing/folder.ts'
import { toSource } from '../sources/to-source.ts'
import { IndexRanges } from './index-ranges.ts'
import { PassingReader } from './passing-reader.ts'

const folder = new Folder()
afterAll(() => folder.remove())

const limits = fc.record({ maxTasks: fc.integer({ min: 1, max: 6 }), maxBytes: fc.integer({ min: 1, max: 60 }) })
const settled = fc.array(fc.tuple(fc.nat(40), fc.integer({ min: 1, max: 9 })), { maxLength: 8 })
const limit = fc.oneof(fc.constant(Infinity), fc.integer({ min: 1, max: 45 }))
/** Blank lines are no tasks, so there are gaps between indices. */
const records = fc.array(
  fc.constantFrom('1', '"two"', '{"three":3}', '', '"a record that is too long for the limit"'),
  {
    maxLength: 40,
  },
)

async function readAll(reader: ShardReader, wanted: ReadLimits): Promise<{ tasks: ReadTask[]; shards: Shard[] }> {
  const shards: Shard[] = []
  for (let shard = await reader.next(wanted); shard !== undefined; shard = await reader.next(wanted)) shards.push(shard)
  return { shards, tasks: shards.flatMap((shard) => tasksOf(shard, 3)) }
}

/** @param end - of the source: nothing behind it can be settled */
function rangesOf(pairs: readonly (readonly [number, number])[], end: number): IndexRanges {
  const within = pairs.filter(([from]) => from < end)
  return new IndexRanges(within.flatMap(([from, size]) => [from, Math.min(end, from + size)]))
}

test('of a text, exactly what is pending is read, in order, each once', async () => {
  await fc.assert(
    fc.asyncProperty(records, settled, limit, limits, async (written, pairs, most, wanted) => {
      const source = ndjson(folder.file('records.ndjson', written.map((record) => `${record}\n`).join('')), {
        maxRecordBytes: 20,
      })
      const whole = await readAll(await source.open(), wanted)
      const ranges = rangesOf(pairs, 1 + (whole.tasks.at(-1)?.index ?? -1))
      const reader = new PassingReader(await source.open(), ranges, most)
      const { tasks, shards } = await readAll(reader, wanted)
      expect(tasks).toEqual(whole.tasks.slice(0, most).filter(({ index }) => !ranges.has(index)))
      expect(shards.every((shard) => shard.tasks >= 1 && shard.tasks <= wanted.maxTasks)).toBe(true)
      expect(reader.reachedLimit).toBe(most <= whole.tasks.length)
      reader.close()
    }),
  )
})

test('of an array, exactly what is pending is read, and its number is known before', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(40), settled, limit, limits, async (size, pairs, most, wanted) => {
      const items = Array.from({ length: size }, (_, i) => `item ${i}`)
      const ranges = rangesOf(pairs, size)
      const reader = new PassingReader(await toSource(items).open(), ranges, most)
      const expected = items.slice(0, most).filter((_, i) => !ranges.has(i))
      expect(reader.totalTasks).toBe(expected.length)
      const { tasks } = await readAll(reader, wanted)
      expect(tasks.map(({ item }) => item)).toEqual(expected)
    }),
  )
})

test('a shard is released when the last of its stretches is', async () => {
  const source = lines(folder.file('ten.txt', 'a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n'))
  const reader = new PassingReader(await source.open(), new IndexRanges([2, 4, 6, 7]), Infinity)
  const { shards } = await readAll(reader, { maxTasks: 100, maxBytes: 1000 })
  expect(shards.map(({ tasks }) => tasks)).toEqual([2, 2, 3])
  // Between them they have what the whole shard keeps in memory: the record of a settled task, too.
  expect(shards.reduce((sum, { bytes }) => sum + bytes, 0)).toBeGreaterThanOrEqual(20)
  shards[0]!.release()
  shards[0]!.release()
  shards[2]!.release()
  expect(shards[1]!.recordAt(0)).toBe('e')
  shards[1]!.release()
  expect(() => shards[1]!.recordAt(0)).toThrow('are not kept any more')
})

test('a long settled stretch is passed over in large shards, whatever is asked for', async () => {
  const items = Array.from({ length: 100_000 }, (_, i) => i)
  const inner = await toSource(items).open()
  const asked: number[] = []
  const counting: ShardReader = {
    totalTasks: inner.totalTasks,
    totalBytes: undefined,
    bytesRead: 0,
    next: (wanted) => {
      asked.push(wanted.maxTasks)
      return inner.next(wanted)
    },
    close: () => inner.close(),
  }
  const reader = new PassingReader(counting, new IndexRanges([0, 99_998]), Infinity)
  const { tasks } = await readAll(reader, { maxTasks: 1, maxBytes: 100 })
  expect(tasks.map(({ index }) => index)).toEqual([99_998, 99_999])
  expect(asked.length).toBeLessThan(20)
})

test('while it passes over, the event loop goes on', async () => {
  const inner = await toSource(Array.from({ length: 100 }, (_, i) => i)).open()
  const slow: ShardReader = {
    totalTasks: 100,
    totalBytes: undefined,
    bytesRead: 0,
    next: () => {
      const until = performance.now() + 10
      while (performance.now() < until);
      return inner.next({ maxTasks: 10, maxBytes: 1_000_000 })
    },
    close: () => inner.close(),
  }
  let turns = 0
  const count = (): void => {
    turns++
    immediate = setImmediate(count)
  }
  let immediate = setImmediate(count)
  const shard = await new PassingReader(slow, new IndexRanges([0, 99]), Infinity).next({ maxTasks: 9, maxBytes: 1 })
  clearImmediate(immediate)
  expect(shard?.indexAt(0)).toBe(99)
  expect(turns).toBeGreaterThan(5)
})

test('closed while it passes over, it ends', async () => {
  async function* endless(): AsyncGenerator<number> {
    for (let i = 0; ; i++) yield i
  }
  const reader = new PassingReader(await toSource(endless()).open(), new IndexRanges([0, 1e9]), Infinity)
  const next = reader.next({ maxTasks: 1, maxBytes: 100 })
  setImmediate(() => reader.close())
  expect(await next).toBeUndefined()
})

test('a source that gives more than it was asked for is cut at the limit, and is not read once it is closed', async () => {
  let reads = 0
  const generous: ShardReader = {
    totalTasks: undefined,
    totalBytes: undefined,
    bytesRead: 0,
    next: async () => {
      const inner = await toSource(Array.from({ length: 10 }, (_, i) => i)).open()
      reads++
      return inner.next({ maxTasks: 10, maxBytes: 1000 })
    },
    close: () => {},
  }
  const limited = new PassingReader(generous, new IndexRanges([0, 2]), 6)
  const { tasks } = await readAll(limited, { maxTasks: 3, maxBytes: 1000 })
  expect(tasks.map(({ index }) => index)).toEqual([2, 3, 4, 5])
  reads = 0
  const closed = new PassingReader(generous, new IndexRanges([0, 10]), Infinity)
  const next = closed.next({ maxTasks: 3, maxBytes: 1000 })
  closed.close()
  expect(await next).toBeUndefined()
  expect(reads).toBe(1)
})

test('closed between two reads, it reads no more', async () => {
  let isClosed = false
  let readsAfter = 0
  const slow: ShardReader = {
    totalTasks: undefined,
    totalBytes: undefined,
    bytesRead: 0,
    next: () => {
      if (isClosed) readsAfter++
      const until = performance.now() + 10
      while (performance.now() < until);
      return new ItemsShard([0], 1, 0)
    },
    close: () => {
      isClosed = true
    },
  }
  const reader = new PassingReader(slow, new IndexRanges([0, 10]), Infinity)
  const next = reader.next({ maxTasks: 1, maxBytes: 1 })
  setImmediate(() => reader.close())
  expect(await next).toBeUndefined()
  expect(readsAfter).toBe(0)
})

test('a source that ends before what is settled is another one', async () => {
  const source = lines(folder.file('short.txt', 'a\nb\nc\n'))
  const read = async (settled: IndexRanges, limit: number): Promise<unknown> =>
    readAll(new PassingReader(await source.open(), settled, limit), { maxTasks: 10, maxBytes: 1000 })
  await expect(read(new IndexRanges([0, 1, 3, 4]), Infinity)).rejects.toMatchObject({
    code: 'FANFOLD_JOURNAL_DIFFERENT',
    message: expect.stringContaining('ends after index 2, but the journal has settled index 3') as string,
  })
  await expect(read(new IndexRanges([0, 3]), Infinity)).resolves.toBeDefined()
  await expect(read(new IndexRanges([0, 1, 3, 4]), 2)).resolves.toBeDefined()
})

test('of a source that comes to know its number of tasks while it is read, what is pending is known from then on', async () => {
  const inner = await toSource([1, 2, 3, 4, 5]).open()
  const late: { totalTasks: number | undefined } & ShardReader = {
    totalTasks: undefined,
    totalBytes: undefined,
    bytesRead: 0,
    next: (wanted) => inner.next(wanted),
    close: () => inner.close(),
  }
  const reader = new PassingReader(late, new IndexRanges([0, 2]), 4)
  expect(reader.totalTasks).toBe(undefined)
  late.totalTasks = 5
  expect(reader.totalTasks).toBe(2)
})
