import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { JournaledBatch } from './frame-draft.ts'
import type { OutputMark } from '../options/journaled-output.ts'
import { batchOf, passed } from './testing/batches.ts'
import { LineOutput } from './testing/line-output.ts'
import { folder, framesOf, opened, settledIn, until, untilAnotherFrameIsDue } from './testing/run-journals.ts'

test('outcomes are settled when the consumer asks for more, and not before', async () => {
  const { journal, path } = await opened('asks')
  journal.given(passed(0, 5))
  journal.askedForNext()
  journal.given(passed(5, 9))
  await journal.close()
  expect(await settledIn(path)).toEqual([[0, 5]])
})

test('a frame is written by itself, though nothing more comes', async () => {
  const { journal, path } = await opened('by-itself')
  journal.given(passed(0, 5))
  journal.askedForNext()
  await until(async () => (await settledIn(path)).length === 1)
  expect(await settledIn(path)).toEqual([[0, 5]])
  await journal.close()
})

test('what comes close together is one frame', async () => {
  const { journal, path } = await opened('together')
  for (let i = 0; i < 100; i++) {
    journal.askedForNext()
    journal.given(passed(i * 5, i * 5 + 5))
  }
  journal.askedForNext()
  await journal.close()
  expect(await settledIn(path)).toEqual([[0, 500]])
})

test('with an output, no frame names its end while a batch is in the hands of the consumer', async () => {
  const output = new LineOutput(`${folder.path}/hands.out`)
  const { journal, path } = await opened('hands', output)
  journal.given(passed(0, 5))
  output.write('five\n')
  journal.askedForNext()
  journal.given(passed(5, 9))
  output.write('half of fo')
  await untilAnotherFrameIsDue()
  expect(await settledIn(path)).toEqual([])
  output.write('ur\n')
  journal.askedForNext()
  await journal.close()
  expect(await settledIn(path)).toEqual([[0, 9]])
  const frame = (await framesOf(path)).at(-1)
  expect(frame).toMatchObject({ output: { offset: 'five\nhalf of four\n'.length } })
  await output.close()
})

/** An output whose disk takes its time: durable only when it is told. */
class SlowOutput extends LineOutput {
  release: () => void = () => {}
  waits = 0
  marks = 0

  override mark(): OutputMark {
    this.marks++
    return super.mark()
  }

  override async durable(): Promise<void> {
    this.waits++
    await new Promise<void>((resolve) => {
      this.release = resolve
    })
    await super.durable()
  }
}

test('a frame is written when the lines that it names are durable, and the next one is not begun before', async () => {
  const output = new SlowOutput(`${folder.path}/slow.out`)
  const { journal, path } = await opened('slow', output)
  journal.given(passed(0, 5))
  journal.askedForNext()
  await until(() => output.waits === 1)
  await untilAnotherFrameIsDue()
  for (let i = 5; i < 200_000; i += 5) {
    journal.given(passed(i, i + 5))
    journal.askedForNext()
  }
  expect([output.marks, await settledIn(path)]).toEqual([1, []])
  output.release()
  await until(() => output.waits === 2)
  output.release()
  await journal.close()
  expect(await settledIn(path)).toEqual([
    [0, 5],
    [5, 200_000],
  ])
  await output.close()
})

test('a run is asked to wait when the disk does not keep up, and only then', async () => {
  const output = new SlowOutput(`${folder.path}/behind.out`)
  const { journal } = await opened('behind', output)
  journal.given(passed(0, 5))
  journal.askedForNext()
  await until(() => output.waits === 1)
  expect(journal.ready).toBeUndefined()
  const unsuccessful = Array.from({ length: 100_001 }, (_, i) => ({ index: i + 5, status: 'errored' as const }))
  journal.given(batchOf(unsuccessful))
  journal.askedForNext()
  const { ready } = journal
  expect(ready).toBeDefined()
  output.release()
  await ready
  await until(() => output.waits === 2)
  output.release()
  await journal.close()
  await output.close()
})

test('an output that cannot be made durable is told once, and no frame names it', async () => {
  class FullOutput extends LineOutput {
    override durable(): Promise<void> {
      return Promise.reject(new Error('the disk is full'))
    }
  }
  const output = new FullOutput(`${folder.path}/full.out`)
  const { journal, path, failures } = await opened('full', output)
  journal.given(passed(0, 5))
  journal.askedForNext()
  await until(() => failures.length > 0)
  journal.given(passed(5, 9))
  journal.askedForNext()
  await journal.end({ report: {}, sourceExhausted: true, total: 9 })
  await journal.close()
  expect(failures.map(({ message }) => message)).toEqual(['the disk is full'])
  expect((await framesOf(path)).map(({ frame }) => frame)).toEqual(['header'])
  await output.close()
})

test('in the order of input nothing is settled behind an aborted task', async () => {
  const output = new LineOutput(`${folder.path}/behind-aborted.out`)
  const { journal, path } = await opened('behind-aborted', output, 'input')
  const give = (batch: JournaledBatch, line: string): void => {
    journal.given(batch)
    output.write(line)
    journal.askedForNext()
  }
  give(passed(0, 5), 'five\n')
  give(batchOf([{ index: 5 }, { index: 6, status: 'aborted' }, { index: 7 }]), 'two\n')
  give(passed(8, 12), 'four\n')
  await journal.end({ report: {}, sourceExhausted: true, total: 12 })
  await journal.close()
  expect(await settledIn(path)).toEqual([[0, 5]])
  expect((await framesOf(path)).slice(1)).toMatchObject([{ output: { offset: 5 } }, { isWhole: false }])
  await output.close()
})

test('in the order of input, what is in the hands of the consumer when an aborted task comes is not settled either', async () => {
  const output = new LineOutput(`${folder.path}/in-hands.out`)
  const { journal, path } = await opened('in-hands', output, 'input')
  // Two asked at once.
  journal.given(passed(0, 5))
  journal.given(batchOf([{ index: 5, status: 'aborted' }]))
  journal.askedForNext()
  await journal.close()
  expect(await settledIn(path)).toEqual([])
  await output.close()
})

test('in the order of arrival only the aborted tasks are left out', async () => {
  const { journal, path } = await opened('arrival')
  journal.given(batchOf([{ index: 5 }, { index: 6, status: 'aborted' }, { index: 7 }]))
  journal.askedForNext()
  await journal.close()
  expect(await settledIn(path)).toEqual([[5, 6, 7, 8]])
})

test('a batch that a thread has counted is settled by its sums', async () => {
  const { journal, path } = await opened('counted')
  const counted: JournaledBatch = {
    ...passed(0, 4),
    isStretch: true,
    shard: { indexAt: (position) => 100 + position },
    positionAt: (i) => i + 3,
    retries: 2,
    tally: { statuses: [4, 0, 0, 0, 0, 0], verdicts: [1, 2, 1], reasons: { odd: 3 }, buckets: [7, 4], slowest: [5, 9] },
  }
  journal.given(counted)
  // Lines that are blank are no tasks, and a thread with several tasks settles them in any order.
  journal.given({ ...counted, shard: { indexAt: (position) => 2 * position } })
  journal.given({ ...counted, isStretch: false, positionAt: (i) => [20, 24, 21, 23][i]! })
  journal.askedForNext()
  await journal.close()
  expect((await framesOf(path))[1]).toEqual({
    frame: 'settled',
    ranges: [6, 7, 8, 9, 10, 11, 12, 13, 103, 107, 120, 122, 123, 125],
    unsuccessful: [],
    sums: { verdicts: [3, 6, 3], reasons: { odd: 9 }, buckets: [7, 12], slowest: [105, 9, 10, 9, 105, 9], retries: 24 },
  })
})

test('each outcome is counted where the sums of a thread hold more than what is completed', async () => {
  const { journal, path } = await opened('mixed')
  const mixed = batchOf([
    { index: 0, verdict: 'flag', durationMs: 4 },
    { index: 1, status: 'crashed', durationMs: 8 },
    { index: 2, verdict: 'fail', durationMs: 0 },
  ])
  const tally = { statuses: [2, 0, 0, 1, 0, 0], verdicts: [0, 1, 1], reasons: {}, buckets: [], slowest: [] }
  journal.given({ ...mixed, tally, retries: 1 })
  journal.askedForNext()
  await journal.close()
  expect((await framesOf(path))[1]).toMatchObject({
    ranges: [0, 3],
    unsuccessful: [[1, 3, 8, 1]],
    sums: { verdicts: [0, 1, 1], reasons: { odd: 1 }, slowest: [0, 4], retries: 2 },
    errors: [{ index: 1, message: 'task 1 ended badly' }],
  })
})

test('only the first errors of a run are told', async () => {
  const { journal, path } = await opened('errors')
  for (let i = 0; i < 4; i++) {
    journal.given(batchOf([0, 1, 2].map((n) => ({ index: 3 * i + n, status: 'errored' as const }))))
    journal.askedForNext()
    await until(async () => (await settledIn(path)).length === i + 1)
  }
  await journal.close()
  const told = (await framesOf(path)).flatMap((frame) => (frame.frame === 'settled' ? (frame.errors ?? []) : []))
  expect(told.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
})

test('a run that ended is whole when all that it counts is settled', async () => {
  const { journal, path } = await opened('whole')
  journal.given(passed(0, 5))
  journal.askedForNext()
  await journal.end({ report: { a: 1 }, sourceExhausted: true, limit: 7, total: 5 })
  await journal.close()
  expect((await framesOf(path)).at(-1)).toMatchObject({ report: { a: 1 }, limit: 7, isWhole: true })
  expect(readFileSync(path, 'utf8')).not.toContain('"total"')
})

test('a run that was cancelled is not whole, even if nothing was left to do', async () => {
  const { journal, path } = await opened('cancelled')
  journal.given(passed(0, 5))
  journal.askedForNext()
  await journal.end({ report: {}, sourceExhausted: true, total: 5, isCutShort: true })
  await journal.close()
  expect((await framesOf(path)).at(-1)).toMatchObject({ isWhole: false })
})
