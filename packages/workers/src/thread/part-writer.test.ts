import { deserialize } from 'node:v8'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bucketOf, durationOf } from '../duration-buckets.ts'
import { COMPLETED, ERRORED, NO_VERDICT } from '../outcome-columns.ts'
import type { Detail, OutcomePart } from '../outcome-columns.ts'
import { fail, flag, pass, toVerdict } from '../verdict.ts'
import type { Verdict } from '../verdict.ts'
import { SMALL } from '../small-messages.ts'
import { PartWriter, transferables } from './part-writer.ts'

test('columns hold what was written, in any order of positions and over several parts', () => {
  const verdict = fc.oneof(
    fc.constant<Verdict>(pass()),
    fc.integer().map((n) => pass({ n })),
    fc.constantFrom('a', 'b', 'c').map((reason) => flag(reason)),
    fc.integer().map((n) => fail([{ reason: 'long', message: String(n) }, { reason: 'second' }], n)),
  )
  const entry = fc.record({
    answer: fc.oneof(verdict, fc.constant(undefined)),
    ms: fc.double({ min: 0.001, max: 1e6, noNaN: true }),
  })
  fc.assert(
    fc.property(
      fc.array(entry, { maxLength: 600 }),
      fc.boolean(),
      fc.integer({ min: 1, max: 300 }),
      (entries, isShuffled, perPart) => {
        const writer = new PartWriter()
        const positions = entries.map((_, i) => (isShuffled ? (i * 7919) % 10_007 : i + 5))
        for (let start = 0; start < entries.length; start += perPart) {
          const slice = entries.slice(start, start + perPart)
          slice.forEach(({ answer, ms }, i) => {
            if (answer === undefined) writer.unsuccessful(positions[start + i]!, ERRORED, new Error(`e${start + i}`))
            else writer.completed(positions[start + i]!, answer)
            writer.time(1, ms)
          })
          const part = writer.take()
          slice.forEach((written, i) => expectSame(part, i, positions[start + i]!, written.answer, `e${start + i}`))
          expect(part.tally === undefined).toBe(slice.length <= SMALL)
          if (part.tally === undefined) continue
          expect(part.tally.statuses[COMPLETED]).toBe(slice.filter(({ answer }) => answer !== undefined).length)
          expect(part.tally.buckets.filter((_, i) => i % 2 === 1).reduce((a, b) => a + b, 0)).toBe(slice.length)
        }
      },
    ),
  )
})

function expectSame(
  part: OutcomePart,
  i: number,
  position: number,
  answer: Verdict | undefined,
  message: string,
): void {
  expect(part.positions instanceof Uint32Array ? part.positions[i] : part.positions.from + i).toBe(position)
  expect(part.statuses[i]).toBe(answer === undefined ? ERRORED : COMPLETED)
  expect(part.verdicts[i]).toBe(answer === undefined ? NO_VERDICT : ['pass', 'flag', 'fail'].indexOf(answer.verdict))
  const { details } = part
  const at = details === undefined ? -1 : details.ordinals.indexOf(i)
  if (answer !== undefined && answer.issues.length === 0 && answer.value === undefined) return expect(at).toBe(-1)
  const reasonId = details!.reasonIds[at]!
  if (reasonId > 0) return expect(details!.reasons[reasonId - 1]).toBe(answer!.issues[0]!.reason)
  const detail = deserialize(
    details!.bytes.subarray(at === 0 ? 0 : details!.ends[at - 1]!, details!.ends[at]),
  ) as Detail
  if (answer === undefined) return expect(detail.error).toMatchObject({ message })
  expect(detail.issues ?? []).toEqual(answer.issues)
  expect(detail.value).toEqual(answer.value)
}

test('a value that cannot be sent makes an error of its task, and the columns stay aligned', () => {
  const writer = new PartWriter()
  writer.completed(0, pass({ ok: 1 }))
  writer.completed(
    1,
    pass(() => 1),
  )
  writer.completed(2, pass({ ok: 2 }))
  writer.time(3, 1)
  const part = writer.take()
  expect([...part.statuses]).toEqual([COMPLETED, ERRORED, COMPLETED])
  expect([...part.details!.ordinals]).toEqual([0, 1, 2])
})

test('a bucket is 9% wide, and durations keep their order', () => {
  fc.assert(
    fc.property(fc.double({ min: 0.0002, max: 2 ** 31, noNaN: true }), (ms) => {
      expect(Math.abs(durationOf(bucketOf(ms)) / ms - 1)).toBeLessThan(0.05)
      expect(bucketOf(ms * 1.1)).toBeGreaterThanOrEqual(bucketOf(ms))
    }),
  )
})

test('a verdict made by another copy of the package is a verdict, and a look-alike is none', () => {
  const elsewhere = Object.create(
    {
      get [Symbol.for('fanfold.verdict.1')]() {
        return true
      },
    },
    {
      verdict: { value: 'pass' },
      issues: { value: [] },
    },
  ) as unknown
  expect(toVerdict(elsewhere)).toBe(elsewhere)
  for (const answer of [
    undefined,
    null,
    'pass',
    1,
    { verdict: 'pass', issues: [] },
    [],
    new Proxy(
      {},
      {
        has: () => {
          throw new Error('no')
        },
      },
    ),
  ]) {
    expect(toVerdict(answer)).toBeUndefined()
  }
})

test('a verdict that was made by hand is one only if it says what verdicts say, and a pass of its own is a plain one', () => {
  const brand = Symbol.for('fanfold.verdict.1')
  const byHand = (verdict: string, issues: unknown): unknown => ({ [brand]: true, verdict, issues })
  expect(toVerdict(byHand('flag', []))).toBeUndefined()
  expect(toVerdict(byHand('fail', [{ message: 'no reason' }]))).toBeUndefined()
  expect(toVerdict(byHand('pass', [{ reason: 'why' }]))).toBeUndefined()
  const writer = new PartWriter()
  writer.completed(0, toVerdict(byHand('pass', []))!)
  writer.time(1, 1)
  expect(writer.take().details).toBeUndefined()
})

test('a part keeps what it was given, whatever is written after it, and each column has memory of its own', () => {
  const parts: { readonly count: number; readonly part: OutcomePart }[] = []
  for (const count of [300, 5, 200, 1000, 3, 256, 700]) {
    const writer = new PartWriter()
    for (let i = 0; i < count; i++) {
      writer.unsuccessful(i, ERRORED, new Error('x'))
      writer.time(1, count)
    }
    parts.push({ count, part: writer.take() })
  }
  for (const { count, part } of parts) {
    expect(part.statuses).toEqual(new Uint8Array(count).fill(ERRORED))
    expect(part.verdicts).toEqual(new Uint8Array(count).fill(NO_VERDICT))
    expect(part.durations).toEqual(new Float32Array(count).fill(count))
    const buffers = transferables(part)
    expect(new Set(buffers).size).toBe(buffers.length)
    expect(part.statuses.buffer.byteLength).toBeLessThanOrEqual(2 * count)
  }
})

test('runs of plain passes, timed in groups, are written like all others', () => {
  const answers = fc.array(fc.oneof({ weight: 8, arbitrary: fc.constant(true) }, fc.constant(false)), {
    maxLength: 2000,
  })
  fc.assert(
    fc.property(answers, fc.integer({ min: 1, max: 300 }), fc.integer({ min: 0, max: 9 }), (passed, group, gapAt) => {
      const writer = new PartWriter()
      // After a gap positions are a list.
      const positionOf = (i: number): number => (i < gapAt * 200 ? i + 3 : i + 4)
      passed.forEach((isPass, i) => {
        writer.completed(positionOf(i), isPass ? pass() : fail('no'))
        if ((i + 1) % group === 0) writer.time(group, i)
        expect(writer.count).toBe(i + 1)
      })
      const { positions, statuses, verdicts, durations, details, tally } = writer.take()
      const listed = positions instanceof Uint32Array ? [...positions] : passed.map((_, i) => positions.from + i)
      expect(listed).toEqual(passed.map((_, i) => positionOf(i)))
      expect([...statuses]).toEqual(passed.map(() => COMPLETED))
      expect([...verdicts]).toEqual(passed.map((isPass) => (isPass ? 0 : 2)))
      expect([...(details?.ordinals ?? [])]).toEqual(passed.flatMap((isPass, i) => (isPass ? [] : [i])))
      for (let i = 0; i < passed.length - (passed.length % group); i++)
        expect(durations[i]).toBe(Math.floor(i / group) * group + group - 1)
      const passes = passed.filter(Boolean).length
      // Of a few, the main thread makes the sums.
      expect(tally === undefined).toBe(passed.length <= SMALL)
      if (tally === undefined) return
      expect([tally.statuses[COMPLETED], tally.verdicts[0], tally.verdicts[2]]).toEqual([
        passed.length,
        passes,
        passed.length - passes,
      ])
    }),
    { numRuns: 40 },
  )
})

test('a run of passes may be longer than all parts before', () => {
  const writer = new PartWriter()
  for (let i = 0; i < 200_000; i++) writer.completed(i, pass())
  writer.time(200_000, 1)
  const { verdicts, durations } = writer.take()
  expect([verdicts.length, durations.length, durations.at(-1)]).toEqual([200_000, 200_000, 1])
})
