import { serialize } from 'node:v8'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { COMPLETED, ERRORED, NO_VERDICT, encodeError, valueBytesOf } from '@fanfold/workers/protocol'
import type { Detail, OutcomePart, PartLines } from '@fanfold/workers/protocol'
import { ItemsShard } from '../sources/item-shards.ts'
import { OutcomeBatch } from './batch.ts'

const FIRST_INDEX = 100
const shard = new ItemsShard(
  Array.from({ length: 20 }, (_, position) => ({ item: position })),
  100,
  FIRST_INDEX,
)

/** Every third a plain pass, then a flag with a reason only, then an error; ids are their letters. */
function partOf(positions: readonly number[]): OutcomePart {
  const kinds = positions.map((position) => position % 3)
  const withDetail = [...kinds.keys()].filter((i) => kinds[i] !== 0)
  const chunks = withDetail.map((i) => {
    const detail: Detail = { error: encodeError(new Error(`no ${positions[i]}`)) }
    return kinds[i] === 1 ? Buffer.alloc(0) : serialize(detail)
  })
  let end = 0
  return {
    positions: Uint32Array.from(positions),
    statuses: Uint8Array.from(kinds, (kind) => (kind === 2 ? ERRORED : COMPLETED)),
    verdicts: Uint8Array.from(kinds, (kind) => [0, 1, NO_VERDICT][kind]!),
    durations: Float32Array.from(positions),
    details: {
      ordinals: Uint32Array.from(withDetail),
      reasonIds: Uint32Array.from(withDetail, (i) => (kinds[i] === 1 ? 1 : 0)),
      reasons: ['moved'],
      ends: Uint32Array.from(chunks, (chunk) => (end += chunk.length)),
      bytes: Buffer.concat(chunks),
    },
    ids: positions.map((position) => `id-${position}`),
    lines: linesOf(positions),
    tally: { statuses: [], verdicts: [], reasons: {}, buckets: [], slowest: [] },
    unsuccessful: [],
  }
}

/** Of each but every fifth its position, as a text. */
function linesOf(positions: readonly number[]): PartLines {
  const lines = positions.map((position) => (position % 5 === 0 ? '' : `${position}\n`))
  let end = 0
  return { bytes: Buffer.from(lines.join('')), ends: Uint32Array.from(lines, (line) => (end += line.length)) }
}

function batchOf(positions: readonly number[]): OutcomeBatch {
  const part = partOf(positions)
  return OutcomeBatch.ofPart(7, shard, part, { attempts: 2, retries: 1 }, valueBytesOf(part))
}

const positions = fc.uniqueArray(fc.nat(19), { minLength: 1 })

test('outcomes are made from columns when they are asked for', () => {
  const batch = batchOf([3, 4, 5])
  const common = { attempts: 2 }
  expect(batch.at(0)).toEqual({
    ...common,
    index: 103,
    id: 'id-3',
    status: 'completed',
    verdict: 'pass',
    durationMs: 3,
  })
  expect(batch.at(1)).toEqual({
    ...common,
    index: 104,
    id: 'id-4',
    status: 'completed',
    verdict: 'flag',
    reason: 'moved',
    issues: [{ reason: 'moved' }],
    durationMs: 4,
  })
  expect(batch.at(2)).toMatchObject({ index: 105, status: 'errored', error: { message: 'no 5' } })
  expect([batch.reasonAt(0), batch.reasonAt(1), batch.recordAt(2)]).toEqual([undefined, 'moved', { item: 5 }])
  expect(() => batch.at(3)).toThrow('a batch of 3 outcomes has none at 3: use 0 to 2.')
})

test('a selection has the same outcomes as the batch it was made from', () => {
  fc.assert(
    fc.property(positions, fc.array(fc.nat()), (all, picks) => {
      const batch = batchOf(all)
      const ordinals = [...new Set(picks.map((pick) => pick % all.length))]
      const selected = batch.select(ordinals)
      expect(selected.length).toBe(ordinals.length)
      for (const [to, from] of ordinals.entries()) {
        expect(selected.at(to)).toEqual(batch.at(from))
        expect(selected.positionAt(to)).toBe(batch.positionAt(from))
      }
    }),
  )
})

test('a selection has the lines of its outcomes, in memory of their own', () => {
  const settings = { only: undefined, include: 'none', timings: false } as const
  fc.assert(
    fc.property(positions, fc.array(fc.nat()), (all, picks) => {
      const ordinals = [...new Set(picks.map((pick) => pick % all.length))]
      const { bytes, ends } = batchOf(all).select(ordinals).lines(settings)
      const expected = linesOf(ordinals.map((ordinal) => all[ordinal]!))
      expect([Buffer.from(bytes).toString(), [...ends]]).toEqual([expected.bytes.toString(), [...expected.ends]])
      expect(bytes.buffer.byteLength).toBe(bytes.length)
    }),
  )
})

test('what a batch keeps in memory is shared out among selections to the last byte', () => {
  fc.assert(
    fc.property(positions, fc.nat(20), (all, cut) => {
      const batch = batchOf(all)
      const ordinals = [...all.keys()]
      const parts = [ordinals.slice(0, cut), ordinals.slice(cut)].map((part) => batch.select(part))
      expect(parts[0]!.valueBytes + parts[1]!.valueBytes).toBe(batch.valueBytes)
    }),
  )
})

test('tasks that the main thread settled have its error, and no duration', () => {
  const error = new Error('cancelled')
  const batch = OutcomeBatch.settled(shard, {
    shard: 7,
    ranges: [1, 3, 8, 9],
    status: 'aborted',
    attempts: 0,
    retries: 0,
    durationMs: 0,
    error: error,
  })
  expect(Array.from({ length: batch.length }, (_, i) => batch.positionAt(i))).toEqual([1, 2, 8])
  expect(batch.at(2)).toEqual({ index: 108, status: 'aborted', error, attempts: 0, durationMs: 0 })
})
