import { afterAll, expect, test } from 'vitest'
import fc from 'fast-check'
import { csv } from './csv.ts'
import { lines } from './lines.ts'
import { ndjson } from './ndjson.ts'
import { drain, WIDE } from './testing/drain.ts'
import type { Drained } from './testing/drain.ts'
import { Folder } from './testing/folder.ts'
import { oracleCsv, oracleLines, oracleNdjson } from './testing/text-oracle.ts'
import type { OracleRecord } from './testing/text-oracle.ts'

const folder = new Folder()
afterAll(() => folder.remove())

const BOM = '\u{FEFF}'
const text = (parts: readonly string[]) =>
  fc.array(fc.constantFrom(...parts), { maxLength: 60 }).map((chosen) => chosen.join(''))
const cuts = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 8 })
const limits = fc.record({ maxTasks: fc.integer({ min: 1, max: 6 }), maxBytes: fc.integer({ min: 1, max: 60 }) })
const maxRecordBytes = fc.constantFrom(3, 8, 1000)
const shape = { mark: fc.boolean(), cuts, limits, piece: fc.integer({ min: 1, max: 4 }), maxRecordBytes }

/** The bytes in pieces of these sizes, in turn: borders fall into characters, line ends and quotes. */
async function* pieces(content: string, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(content)
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1
    // Anyone may go on to use memory that he gave away.
    const piece = Uint8Array.from(bytes.subarray(at, at + size))
    yield piece
    piece.fill(0)
    at += size
  }
}

function expected(
  records: readonly OracleRecord[],
  max: number,
  indexOf: (record: OracleRecord, at: number) => number,
) {
  return records.map((record, at) => {
    const tooLong = Buffer.byteLength(record.text) > max
    return { index: indexOf(record, at), line: record.line, record: tooLong ? undefined : record.text, tooLong }
  })
}

function found({ tasks }: Drained) {
  return tasks.map(({ index, line, record, error }) => ({
    index,
    line,
    record,
    tooLong: error === 'FANFOLD_RECORD_TOO_LONG',
  }))
}

function expectWithin({ shards }: Drained, { maxTasks, maxBytes }: { maxTasks: number; maxBytes: number }) {
  for (const shard of shards) {
    expect(shard.tasks).toBeLessThanOrEqual(maxTasks)
    if (shard.tasks === 1) continue
    const { payload } = shard.payload(0, shard.tasks)
    if (payload.kind === 'text') expect(payload.bytes.byteLength).toBeLessThanOrEqual(maxBytes)
  }
}

const LINE_PARTS = ['a', 'bc', 'é', '😀', ' ', '\t', '\r', '\n', '\n', '\r\n', '\r\n', '{"x":1}']

test('lines are those of a simple split, wherever blocks and shards end', async () => {
  await fc.assert(
    fc.asyncProperty(
      text(LINE_PARTS),
      fc.record(shape),
      async (content, { mark, cuts, limits, piece, maxRecordBytes }) => {
        const source = lines(pieces((mark ? BOM : '') + content, cuts), { maxRecordBytes })
        const drained = await drain(source, limits, piece)
        expect(found(drained)).toEqual(expected(oracleLines(content), maxRecordBytes, (record) => record.line - 1))
        for (const task of drained.tasks) if (task.error === undefined) expect(task.item).toBe(task.record)
        expectWithin(drained, limits)
      },
    ),
    { numRuns: 400 },
  )
})

test('NDJSON records are the lines with something in them, wherever blocks and shards end', async () => {
  await fc.assert(
    fc.asyncProperty(
      text(LINE_PARTS),
      fc.record(shape),
      async (content, { mark, cuts, limits, piece, maxRecordBytes }) => {
        const source = ndjson(pieces((mark ? BOM : '') + content, cuts), { maxRecordBytes })
        const drained = await drain(source, limits, piece)
        expect(found(drained)).toEqual(expected(oracleNdjson(content), maxRecordBytes, (record) => record.line - 1))
        expectWithin(drained, limits)
      },
    ),
    { numRuns: 400 },
  )
})

const CSV_PARTS = [
  'a',
  'é',
  '😀',
  ' ',
  ',',
  ',',
  '"',
  '""',
  '"x"',
  '"y,\n"',
  '"\r\n"',
  '\r',
  '\n',
  '\n',
  '\r\n',
  'long text',
]

test('CSV records and fields are those of a character by character parser, wherever blocks and shards end', async () => {
  await fc.assert(
    fc.asyncProperty(
      text(CSV_PARTS),
      fc.record(shape),
      async (content, { mark, cuts, limits, piece, maxRecordBytes }) => {
        const source = csv(pieces((mark ? BOM : '') + content, cuts), { header: false, maxRecordBytes })
        const drained = await drain(source, limits, piece)
        const oracle = oracleCsv(content, ',', maxRecordBytes)
        expect(found(drained)).toEqual(expected(oracle.records, maxRecordBytes, (_record, at) => at))
        for (const [at, task] of drained.tasks.entries()) {
          if (task.record === undefined) continue
          const fields = oracle.records[at]?.fields
          if (fields === undefined) expect(task.error).toBe('FANFOLD_RECORD_UNPARSABLE')
          else expect(task.item).toEqual(fields)
        }
        expect(drained.broken?.code).toBe(oracle.unclosed === undefined ? undefined : 'FANFOLD_CSV_UNCLOSED_QUOTE')
        if (oracle.unclosed !== undefined) expect(drained.broken?.message).toContain(`line ${oracle.unclosed} `)
        expectWithin(drained, limits)
      },
    ),
    { numRuns: 1500 },
  )
})

test('files larger than a block give every record once, in order, with any limits', async () => {
  const records = Array.from({ length: 30_000 }, (_, at) => ({ at, pad: 'ü'.repeat((at * 7919) % 120) }))
  const path = folder.file('large.ndjson', records.map((record) => JSON.stringify(record)).join('\n'))
  const manyLimits = [
    WIDE,
    { maxTasks: 777, maxBytes: 10_000 },
    { maxTasks: 1_000_000, maxBytes: 300_000 },
    { maxTasks: 1_000_000, maxBytes: Infinity },
  ]
  for (const limits of manyLimits) {
    const { tasks, broken } = await drain(ndjson(path), limits)
    expect(broken).toBeUndefined()
    expect(tasks.map((task) => task.item)).toEqual(records)
    expect(tasks.map((task) => task.index)).toEqual(records.map((record) => record.at))
  }
})

test('a file is cut into shards about as large as asked for', async () => {
  const path = folder.file('even.ndjson', '{"a":"0123456789"}\n'.repeat(200_000))
  const { shards } = await drain(ndjson(path), { maxTasks: 1_000_000, maxBytes: 256 * 1024 })
  expect(shards.length).toBeLessThan(25)
  expect(Math.max(...shards.map((shard) => shard.bytes))).toBeLessThanOrEqual(256 * 1024)
})

test('a file’s records are copied for nothing but small shards: others are views of the block, whatever was asked for', async () => {
  const record = `{"a":"${'x'.repeat(180)}"}\n`
  const path = folder.file('views.ndjson', record.repeat(30_000))
  for (const maxTasks of [2_000, 3_500, 4_900, 1_000_000]) {
    const { shards } = await drain(ndjson(path), { maxTasks, maxBytes: 1024 * 1024 })
    const copied = shards.filter((shard) => {
      const { payload } = shard.payload(0, shard.tasks)
      return payload.kind === 'text' && !(payload.bytes.buffer instanceof SharedArrayBuffer)
    })
    // What is left of a block where that is little, and the end of the file.
    expect(Math.max(0, ...copied.map(({ bytes }) => bytes))).toBeLessThan(0.2 * 1024 * 1024)
  }
})

test('a record over the limit is passed over without being kept, and the ones around it are read', async () => {
  const long = Buffer.alloc(1024 * 1024, 'x')
  let given = 0
  let largest = 0
  async function* stream(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('"before"\n"')
    for (; given < 64; given++) {
      yield long
      largest = Math.max(largest, process.memoryUsage().arrayBuffers)
    }
    yield Buffer.from('"\n"after"\n')
  }
  const before = process.memoryUsage().arrayBuffers
  const { tasks } = await drain(ndjson(stream(), { maxRecordBytes: 1000 }))
  expect(tasks.map(({ index, line, item, error }) => ({ index, line, item, error }))).toEqual([
    { index: 0, line: 1, item: 'before', error: undefined },
    { index: 1, line: 2, item: undefined, error: 'FANFOLD_RECORD_TOO_LONG' },
    { index: 2, line: 3, item: 'after', error: undefined },
  ])
  expect(largest - before).toBeLessThan(8 * 1024 * 1024)
})

test('the error of a record over the limit names its line, the limit and the way to raise it', async () => {
  const path = folder.file('long.txt', `short\n${'x'.repeat(200)}\nshort\n`)
  const { shards } = await drain(lines(path, { maxRecordBytes: 100 }))
  const message = shards.find((shard) => shard.unreadable !== undefined)?.unreadable?.message
  expect(message).toContain('line 2')
  expect(message).toContain('100')
  expect(message).toContain('maxRecordBytes (--max-record)')
})

test('a megabyte of quotes without a line end is cut in a moment', async () => {
  const started = performance.now()
  const { tasks } = await drain(csv(pieces(`${'"a",'.repeat(500_000)}\n1`, [65_536]), { header: false }))
  expect(tasks.map((task) => (task.item as string[]).length)).toEqual([500_001, 1])
  expect(performance.now() - started).toBeLessThan(5000)
})
