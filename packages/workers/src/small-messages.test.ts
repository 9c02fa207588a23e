import fc from 'fast-check'
import { expect, test } from 'vitest'
import { COMPLETED, ERRORED } from './outcome-columns.ts'
import type { RunShard, ShardEnded } from './protocol.ts'
import { SMALL, packEnded, packPart, packShard, unpackFromThread, unpackToThread } from './small-messages.ts'
import { PartWriter } from './thread/part-writer.ts'
import { fail, flag, pass } from './verdict.ts'

const answers = fc.array(
  fc.oneof(
    fc.constant(pass()),
    fc.integer().map((n) => pass({ n })),
    fc.constantFrom('a', 'b').map((reason) => flag(reason)),
    fc.string().map((message) => fail([{ reason: 'long', message }])),
    fc.constant(undefined),
  ),
  { minLength: 1, maxLength: SMALL + 2 },
)

function shardOf(items: readonly unknown[]): RunShard {
  const task = { type: 'shard', assignment: 7, verifier: 2, base: 4, ranges: [4, 4 + items.length] } as const
  const how = {
    timeoutMs: Infinity,
    concurrency: 3,
    isFound: true,
    attempt: 2,
    alone: true,
    mayRetry: false,
    maxValueBytes: 9,
    gate: 5,
  }
  return { ...task, ...how, payload: { kind: 'items', items, firstIndex: 5 }, traceFile: undefined }
}

test('a shard arrives as it was sent, and is packed when it is small', () => {
  for (const count of [1, SMALL, SMALL + 1]) {
    const shard = shardOf(Array.from({ length: count }, (_, n) => ({ n })))
    const sent = structuredClone(packShard(shard))
    expect(Array.isArray(sent)).toBe(count <= SMALL)
    expect(unpackToThread(sent)).toEqual(shard)
  }
})

test('outcomes arrive as they were written, with or without the end of their shard, in any order of positions', () => {
  fc.assert(
    fc.property(answers, fc.boolean(), fc.array(fc.nat(), { maxLength: 3 }), (verdicts, isShuffled, suspects) => {
      const writer = new PartWriter()
      verdicts.forEach((verdict, i) => {
        const position = isShuffled ? (i * 7) % 23 : i + 3
        if (verdict === undefined) writer.unsuccessful(position, ERRORED, new Error(`e${i}`), undefined, 'throw')
        else writer.completed(position, verdict)
        writer.time(1, i / 3)
      })
      const part = writer.take()
      expect(part.statuses.includes(COMPLETED) || part.statuses.includes(ERRORED)).toBe(true)
      const ended: ShardEnded = {
        type: 'ended',
        assignment: 3,
        part,
        suspects,
        abandoned: 1,
        busyMs: 0.5,
        atOnce: 4,
        heapMb: 8,
        buffer: undefined,
      }
      const sent = [
        packEnded(ended),
        packEnded({ ...ended, part: undefined }),
        packPart({ type: 'part', assignment: 3, part }),
      ]
      expect(sent.map((message) => Array.isArray(message))).toEqual([
        verdicts.length <= SMALL,
        true,
        verdicts.length <= SMALL,
      ])
      const received = sent.map((message) => unpackFromThread(structuredClone(message)))
      expect(received).toEqual([ended, { ...ended, part: undefined }, { type: 'part', assignment: 3, part }])
    }),
  )
})
