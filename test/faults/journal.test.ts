import { once } from 'node:events'
import { execFile, spawn } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { Engine, lines } from '@fanfold/core'
import type { JournalOptions, Run, RunOptions, SourceInput } from '@fanfold/core'
import { describe, expect, onTestFinished, test } from 'vitest'
import { collect, progressWhere, tempFolder, testEngine as threadsEngine } from '../engine/fixtures.ts'
import { POOLS, numbers, poolOption, tally, testEngine, verifierOf } from './pools.ts'
import type { Pool } from './pools.ts'

/** What is not a number is errored, and so is every hundredth line, unless it was mended. */
const CHECK = `
  export default (line, { config }) => {
    if (!config.mended && Number(line) % 100 === 0) throw new Error('bad ' + line)
    return true
  }
`
const COUNT = 20_000
const TEXTS: readonly string[] = numbers(3_000).map(String)

interface Place {
  readonly input: string
  readonly journal: string
  readonly verifier: string
}

/** A file of numbered lines, and where its journal will be. */
function newPlace(count: number = COUNT): Place {
  const folder = tempFolder()
  const input = join(folder, 'input.txt')
  writeFileSync(input, numbers(count).join('\n'))
  return { input, journal: join(folder, 'run.journal'), verifier: verifierOf(CHECK) }
}

/** A program that takes outcomes, tells each index when it asks for the next, and goes on until it is killed. */
const TAKER = `
  import { writeSync } from 'node:fs'
  import { Engine, lines } from '@fanfold/core'
  const { place, options, engineOptions } = JSON.parse(process.argv[1])
  const run = new Engine({ threads: 2, ...engineOptions }).run(place.verifier, lines(place.input), options)
  for await (const batch of run.batches()) {
    const indices = Array.from({ length: batch.length }, (_, i) => batch.at(i).index)
    writeSync(1, indices.join(' ') + '\\n')
    await new Promise((resolve) => setTimeout(resolve, 20)) // so that the journal is written meanwhile
  }
`

/** Takes at least so many outcomes in another process, and kills that. @returns the batches that it was given */
async function killedAfter(place: Place, least: number, pool: Pool, order: RunOptions['order']): Promise<number[][]> {
  const options = { journal: { path: place.journal, resume: 'unfinished' }, order }
  const given = JSON.stringify({ place, options, engineOptions: poolOption(pool) })
  const child = spawn(process.execPath, ['--input-type=module', '-e', TAKER, given], {
    cwd: import.meta.dirname,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const batches: number[][] = []
  let taken = 0
  for await (const line of createInterface({ input: child.stdout })) {
    const batch = line.split(' ').map(Number)
    batches.push(batch)
    taken += batch.length
    if (taken >= least) child.kill('SIGKILL')
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  return batches
}

describe.each(POOLS)('in %s', (pool) => {
  test.each(['arrival', 'input'] as const)(
    'killed, and resumed, a run gives the rest, and again only what was taken last (order: %s)',
    async (order) => {
      const place = newPlace(100_000)
      const batches = await killedAfter(place, 30_000, pool, order)
      const taken = batches.flat()
      expect(taken.length).toBeLessThan(100_000)
      const run = testEngine({ pool, threads: 2 }).run<string>(place.verifier, lines(place.input), {
        journal: { path: place.journal, resume: 'unfinished' },
        order,
      })
      const rest: number[] = []
      for await (const { index } of run) rest.push(index)
      const isTaken = new Set(taken)
      const again = rest.filter((index) => isTaken.has(index))
      // Each once, and nothing is missing.
      expect(new Set(rest).size).toBe(rest.length)
      expect(new Set([...taken, ...rest]).size).toBe(100_000)
      // Given again is a tail of what was taken: what a frame, 200 ms, or the last batch had not made it into the file.
      expect(again.length).toBeLessThan(taken.length)
      expect(new Set(taken.slice(taken.length - again.length))).toEqual(new Set(again))
      if (order === 'input') expect(rest).toEqual(rest.toSorted((a, b) => a - b))
      expect(await run.report()).toMatchObject({ total: 100_000, statuses: { completed: 99_000, errored: 1_000 } })
    },
  )

  test('leaving the loop again and again gives every index, and none but what was in hand again', async () => {
    const place = newPlace()
    const engine = testEngine({ pool, threads: 2 })
    const loaded = engine.load<string>(place.verifier)
    const seen: number[] = []
    let isDone = false
    for (let round = 1; !isDone; round++) {
      const run = loaded.run(lines(place.input), { journal: { path: place.journal, resume: 'unfinished' } })
      let taken = 0
      isDone = true
      for await (const { index } of run) {
        // What is in hand when the loop is left is not settled: it may be that its handling threw.
        isDone = ++taken < 1_000 * round + 7
        if (!isDone) break
        seen.push(index)
      }
      // All may have run by then, and none of it count as done.
      await run.report()
      expect(existsSync(`${place.journal}.lock`)).toBe(false)
    }
    expect(seen.toSorted((a, b) => a - b)).toEqual(numbers(COUNT))
  })

  test('a complete journal gives its report again, and no outcome', async () => {
    const place = newPlace()
    const engine = testEngine({ pool, threads: 2 })
    const start = (): Run =>
      engine.run<string>(place.verifier, lines(place.input), {
        journal: { path: place.journal, resume: 'unfinished' },
      })
    // Nobody takes the outcomes: a report is the consumer then.
    const report = await start().report()
    expect(report).toMatchObject({ result: 'partial', total: COUNT, statuses: { completed: 19_800, errored: 200 } })
    const again = start()
    expect(await collect(again)).toEqual([])
    const { failure, firstErrors, ...rest } = report
    expect(failure).toBeUndefined()
    expect(await again.report()).toMatchObject({
      ...rest,
      firstErrors: [{ index: firstErrors[0]!.index }, ...firstErrors.slice(1).map(({ index }) => ({ index }))],
    })
  })

  test('a redrive with a mended verifier runs what was unsuccessful again, and nothing else', async () => {
    const place = newPlace()
    const engine = testEngine({ pool, threads: 2 })
    const journal: JournalOptions = { path: place.journal, resume: 'unfinished' }
    await engine.run<string>(place.verifier, lines(place.input), { journal }).report()
    const options = { config: { mended: true }, journal }
    await expect(engine.run<string>(place.verifier, lines(place.input), options).report()).rejects.toMatchObject({
      code: 'FANFOLD_JOURNAL_DIFFERENT',
    })
    const run = engine.run<string>(place.verifier, lines(place.input), {
      ...options,
      journal: { ...journal, redrive: true },
    })
    const outcomes = await collect(run)
    expect(tally(outcomes)).toEqual({ completed: 200 })
    expect(outcomes.every(({ index }) => index % 100 === 0)).toBe(true)
    expect(await run.report()).toMatchObject({
      result: 'succeeded',
      total: COUNT,
      statuses: { completed: COUNT, errored: 0 },
    })
  })

  test('what was unsuccessful before counts towards the tolerance', async () => {
    const place = newPlace()
    const engine = testEngine({ pool, threads: 1 })
    const journal: JournalOptions = { path: place.journal, resume: 'unfinished' }
    // 100 of the first 10,000 lines.
    await engine.run<string>(place.verifier, lines(place.input), { journal, limit: 10_000 }).report()
    const run = engine.run<string>(place.verifier, lines(place.input), { journal, tolerate: { count: 99 } })
    await expect(collect(run)).rejects.toMatchObject({ code: 'FANFOLD_TOLERANCE_EXCEEDED' })
    expect(await run.report()).toMatchObject({ result: 'failed', tolerance: { count: 99, isExceeded: true } })
    const further = engine.run<string>(place.verifier, lines(place.input), { journal, tolerate: { count: 200 } })
    await collect(further)
    expect(await further.report()).toMatchObject({ result: 'partial', tolerance: { unsuccessful: 200 } })
  })

  test.each(['waiting', 'ended'])(
    'closing the engine lets go of the journal of a run that is %s, and whose consumer never comes back',
    async (when) => {
      const { journal: path, verifier } = newPlace(1)
      const engine = new Engine({ threads: 2, ...poolOption(pool) })
      const source = when === 'waiting' ? endless() : TEXTS
      const run = engine.run<string>(verifier, source, { journal: { path, sourceId: 'the numbers' } })
      const outcomes = run[Symbol.asyncIterator]()
      await outcomes.next()
      await progressWhere(run, ({ state }) => state === when)
      expect(existsSync(`${path}.lock`)).toBe(true)
      await engine.close()
      expect(existsSync(`${path}.lock`)).toBe(false)
      expect((await run.report()).result).toBe(when === 'waiting' ? 'aborted' : 'partial')
    },
  )
})

function* endless(): Generator<string> {
  for (let n = 1; ; n++) yield String(n)
}

test('what a loop failed to handle is given again, outcome or batch, and the lock is gone when the loop is', async () => {
  const place = newPlace()
  const engine = threadsEngine()
  const journal: JournalOptions = { path: place.journal, resume: 'unfinished' }
  const done: number[] = []
  const loop = async (fails: boolean): Promise<void> => {
    for await (const { index } of engine.run(place.verifier, lines(place.input), { journal })) {
      if (fails && done.length === 10) throw new Error('the sink is full')
      done.push(index)
    }
  }
  await expect(loop(true)).rejects.toThrow('the sink is full')
  const batches = engine.run(place.verifier, lines(place.input), { journal }).batches()
  const failing = async (): Promise<void> => {
    for await (const batch of batches) throw new Error(`no room for ${batch.length}`)
  }
  await expect(failing()).rejects.toThrow('no room for')
  await loop(false)
  expect(done.toSorted((a, b) => a - b)).toEqual(numbers(COUNT))
})

test.each([
  ['an array', () => TEXTS],
  ['an iterator', () => TEXTS.values()],
  ['a stream of bytes', () => lines(new Blob([TEXTS.join('\n')]).stream())],
])('%s goes on where it was, by the name that was given it', async (_, source: () => SourceInput<string>) => {
  const { journal: path, verifier } = newPlace(1)
  const engine = threadsEngine()
  const journal: JournalOptions = { path, resume: 'unfinished', sourceId: 'the numbers' }
  const seen: number[] = []
  const first = engine.run<string>(verifier, source(), { journal })
  for await (const { index } of first) {
    if (seen.length === 1_000) break
    seen.push(index)
  }
  for await (const { index } of engine.run<string>(verifier, source(), { journal })) seen.push(index)
  expect(seen.toSorted((a, b) => a - b)).toEqual(numbers(3_000))
})

test.each([
  ['exists already', 'FANFOLD_JOURNAL_EXISTS', { journal: { resume: 'never' } }],
  ['is of another source', 'FANFOLD_JOURNAL_DIFFERENT', { source: 'another' }],
  ['is of another verifier', 'FANFOLD_JOURNAL_DIFFERENT', { verifier: 'another' }],
  ['is of another configuration', 'FANFOLD_JOURNAL_DIFFERENT', { config: { other: 1 } }],
  ['is of another order', 'FANFOLD_JOURNAL_DIFFERENT', { order: 'input' }],
  ['is of a source with a name', 'FANFOLD_JOURNAL_DIFFERENT', { journal: { sourceId: 'a name' } }],
] as const)('a journal that %s is refused, and stays as it is', async (_, code, change: Change) => {
  const place = newPlace(2_000)
  const engine = threadsEngine()
  const left = start(engine, place, {})
  for await (const { index } of left) if (index > 500) break
  await left.report()
  const before = readFileSync(place.journal)
  const run = start(engine, place, change)
  await expect(run.report()).rejects.toMatchObject({ code, message: expect.stringContaining(place.journal) as string })
  await expect(collect(run)).rejects.toMatchObject({ code })
  expect(readFileSync(place.journal)).toEqual(before)
  expect(existsSync(`${place.journal}.lock`)).toBe(false)
  expect((await start(engine, place, {}).report()).total).toBe(2_000)
})

interface Change {
  readonly source?: string
  readonly verifier?: string
  readonly config?: object
  readonly order?: 'input'
  readonly journal?: Partial<JournalOptions>
}

function start(engine: Engine, place: Place, change: Change): Run {
  const { source, verifier, journal, ...options } = change
  const input = source === undefined ? place.input : newPlace(3_000).input
  return engine.run<string>(verifier === undefined ? place.verifier : verifierOf(`${CHECK}//`), lines(input), {
    ...options,
    journal: { path: place.journal, resume: 'unfinished', ...journal },
  })
}

test('a journal that a live run has is locked for another', async () => {
  const place = newPlace(100_000)
  const engine = threadsEngine()
  const first = start(engine, place, {})
  const outcomes = first[Symbol.asyncIterator]()
  await outcomes.next()
  await expect(start(engine, place, {}).report()).rejects.toMatchObject({ code: 'FANFOLD_JOURNAL_LOCKED' })
  await outcomes.return!()
  await first.report()
  expect((await start(engine, place, {}).report()).total).toBe(100_000)
})

test('what cannot be known again needs a name', async () => {
  const { journal: path, verifier } = newPlace(1)
  const run = threadsEngine().run<string>(verifier, ['1'], { journal: { path } })
  await expect(run.report()).rejects.toMatchObject({ message: expect.stringContaining('sourceId') as string })
  expect(existsSync(path)).toBe(false)
  expect(existsSync(`${path}.lock`)).toBe(false)
})

test('a run that could not start leaves no journal behind', async () => {
  const { input, journal: path } = newPlace(10)
  const verifier = verifierOf("export default { setup() { throw new Error('no') }, verify: () => true }")
  const run = threadsEngine().run<string>(verifier, lines(input), { journal: { path } })
  await expect(run.report()).rejects.toMatchObject({ code: 'FANFOLD_SETUP_FAILED' })
  expect(existsSync(path)).toBe(false)
  expect(existsSync(`${path}.lock`)).toBe(false)
})

/** What becomes of a run whose journal must not grow beyond 8 KB, which is as if the disk were full. */
const FULL = `
  import { Engine } from '@fanfold/core'
  const [verifier, path, how] = process.argv.slice(1)
  const engine = new Engine({ threads: 2 })
  const items = Array.from({ length: 300_000 }, () => '0')
  const run = engine.run(verifier, items, { journal: { path, sourceId: 'zeros' } })
  if (how === 'iterated') {
    try {
      for await (const batch of run.batches()) void batch
      console.log('no error')
    } catch (error) {
      console.log(error.code)
    }
  }
  const { result, failure, statuses, total } = await run.report()
  const isWhole = Object.values(statuses).reduce((sum, count) => sum + count) === total
  console.log(result, failure.code, failure.cause.code, isWhole)
  await engine.close()
`

test.each([
  ['iterated', 'FANFOLD_JOURNAL_FAILED\nfailed FANFOLD_JOURNAL_FAILED EFBIG true\n'],
  ['reported', 'failed FANFOLD_JOURNAL_FAILED EFBIG true\n'],
])('a journal that takes nothing any more fails the run that is %s, and nothing waits for it', async (how, says) => {
  const { journal: path, verifier } = newPlace(1)
  // In blocks of 1024 bytes; the signal would end the process before the write can fail.
  const shell = `trap '' XFSZ; ulimit -f 8; exec "$0" --input-type=module -e "$1" "$2" "$3" "$4"`
  const { stdout } = await promisify(execFile)('bash', ['-c', shell, process.execPath, FULL, verifier, path, how], {
    cwd: import.meta.dirname,
    timeout: 30_000,
    killSignal: 'SIGKILL',
  })
  expect(stdout).toBe(says)
  expect(existsSync(`${path}.lock`)).toBe(false)
})
