import { stripVTControlCharacters } from 'node:util'
import { describe, expect, test } from 'vitest'
import { estimateText, rangeText } from './estimate-text.ts'
import type { Estimate } from './estimate-file.ts'
import { predictionFor } from './for-run.ts'
import { AN_ESTIMATE } from './testing/an-estimate.ts'
import { verdictText } from './verdict-text.ts'

const said = (changes: Partial<Estimate>): string => verdictText({ ...AN_ESTIMATE, ...changes })

describe('the verdict in a sentence', () => {
  test('fan-out pays', () => {
    expect(said({})).toBe('fan-out pays: 2 threads are 1.8 times (1.7 to 1.9) as fast as one plain loop')
  })

  const loses: Partial<Estimate> = { conclusion: 'loses', gain: { low: 0.5, mid: 0.6, high: 0.7 } }
  const isSlower = 'fan-out does not pay: 2 threads are 0.60 times (0.50 to 0.70) as fast as one plain loop; '
  const predicted = AN_ESTIMATE.predicted!

  test('the records are too cheap', () => {
    const loop = { ...AN_ESTIMATE.loop, tasksPerSecond: 10_000_000 }
    expect(said({ ...loses, loop, predicted: { ...predicted, loopMs: { low: 90, mid: 100, high: 110 } } })).toBe(
      `${isSlower}the records are too cheap (0.1 µs each): to hand one to a thread costs about as much`,
    )
  })
  test('the input is too small: only the starts make it lose', () => {
    const small = { ...predicted, runMs: { low: 60, mid: 60, high: 60 }, loopMs: { low: 200, mid: 200, high: 200 } }
    expect(said({ ...loses, predicted: small })).toBe(
      `${isSlower}the input is too small: all of it takes 100 ms in one loop, and starting threads alone 180 ms`,
    )
  })
  test('there is one core', () => {
    const { made } = AN_ESTIMATE
    expect(said({ ...loses, made: { ...made, cores: 1 } })).toBe(`${isSlower}this machine gives one core`)
  })
  test('most of the work is not shared', () => {
    const loop = { ...AN_ESTIMATE.loop, tasksPerSecond: 1_000 }
    const model = { ...AN_ESTIMATE.model, serialMs: 0.9, parallelMs: 0.1 }
    expect(said({ ...loses, loop, model, predicted: { ...predicted, loopMs: { low: 1, mid: 1, high: 1 } } })).toBe(
      `${isSlower}90.0% of the work is not shared by more threads`,
    )
  })
  test('the verifier waits', () => {
    const concurrencies = [{ tasksPerSecond: 400 }, { concurrency: 128, tasksPerSecond: 18_400 }]
    const waits: Partial<Estimate> = { ...loses, isWaiting: true, concurrencies, recommended: { concurrency: 128 } }
    const start = 'the verifier waits: 128 records at once are 46 times as fast as what a run comes to by itself; '
    expect(said(waits)).toBe(`${start}threads gain nothing`)
    expect(said({ ...waits, gain: { low: 1.4, mid: 1.5, high: 1.6 } })).toBe(
      `${start}threads gain 1.5 times (1.4 to 1.6) more`,
    )
    // However busy the machine: that much is not by chance.
    expect(said({ ...waits, conclusion: 'noisy', noise: 2 })).toBe(
      `${start}what threads gain, the machine was too busy to tell`,
    )
    expect(said({ ...waits, conclusion: 'noisy', noise: 60 })).toMatch(/^too noisy to conclude/)
  })
  test('the machine was too busy', () => {
    expect(said({ conclusion: 'noisy', noise: 0.4, gain: { low: 0.8, mid: 1.2, high: 1.7 } })).toBe(
      'too noisy to conclude: the same side differed by 40% between rounds, and the gain may be anything from 0.80 ' +
        'to 1.7 times (by processor time alone, at most 2.0). Close other programs and repeat, or raise --budget.',
    )
  })
  test('there was too little time', () => {
    expect(said({ conclusion: 'short', rounds: 1 })).toBe(
      'too little time to conclude: only 1 round fitted into the budget, and it takes 3. Raise --budget, or give a smaller --sample.',
    )
  })
})

describe('the estimate as a text', () => {
  const text = (columns: number, changes: Partial<Estimate> = {}): string =>
    stripVTControlCharacters(
      estimateText(
        { ...AN_ESTIMATE, ...changes },
        { columns, json: 'e.json', command: ['fanfold', 'verify', 'a.ndjson'] },
      ),
    )

  test('fits a terminal', () => {
    for (const line of text(79).split('\n')) expect(line.length).toBeLessThanOrEqual(79)
  })
  test('has the answer first, and all that was measured', () => {
    const whole = text(Infinity)
    expect(whole).toMatch(/^✓ fan-out pays: /)
    expect(whole).toContain('\n  sample      the first 300,000 of about 1,000,000 records, 70 MB of 235 MB\n')
    expect(whole).toMatch(/\n {2}2 threads +720,000\/s +94 {3}1\.80 \(1\.70 to 1\.85\) +90%\n/)
    expect(whole).toMatch(/\n {2}verify +━{12} +45\.\d%/)
    expect(whole).toContain(
      '\n  predicted   12 s (12 to 13) for about 1,000,000 records on 2 threads, and 180 ms to start\n',
    )
    expect(whole).toContain('\n              one plain loop: 23 s (22 to 24), its start included\n')
    expect(whole).toContain('\n  set         nothing\n')
    expect(whole).toContain('\n  next        fanfold verify a.ndjson\n')
  })
  test('says so when there are fewer records than the sample has', () => {
    const { input } = AN_ESTIMATE
    const whole = text(Infinity, { input: { names: ['-'], format: 'ndjson', tasks: 100, tasksFrom: 'option' } })
    expect(whole).toContain('\n  sample      the first 300,000 records, more than the 100 of --tasks, 70 MB\n')
    expect(text(Infinity, { input: { ...input, tasks: 300_000, tasksFrom: 'option' } })).toContain('of 300,000 records')
  })
  test('says that the rates of several records at once were tried once only', () => {
    const concurrencies = [{ tasksPerSecond: 400 }, { concurrency: 128, tasksPerSecond: 18_400 }]
    const whole = text(Infinity, { isWaiting: true, concurrencies, settings: { pool: 'threads', concurrency: 128 } })
    expect(whole).toContain('\n  at once     auto: 400/s, 128: 18,400/s; each tried once, before the rounds\n')
    expect(whole).toContain(' sides, each in a fresh process, with 128 records at once\n')
  })
  test('of a verifier that waits, advice about records at once is no bad news', () => {
    const waits: Partial<Estimate> = { conclusion: 'loses', gain: { low: 0.5, mid: 0.6, high: 0.7 }, isWaiting: true }
    expect(text(Infinity, waits)).toMatch(
      /^· the verifier waits for something else than a core: threads gain nothing\n/,
    )
    const concurrencies = [{ tasksPerSecond: 400 }, { concurrency: 128, tasksPerSecond: 18_400 }]
    expect(text(Infinity, { ...waits, concurrencies, recommended: { concurrency: 128 } })).toMatch(
      /^✓ the verifier waits/,
    )
    expect(text(Infinity, { ...waits, isWaiting: false })).toMatch(/^✗ fan-out does not pay/)
  })
  test('names what to set', () => {
    expect(text(Infinity, { recommended: { threads: 1, shardSize: 800, pool: 'processes' } })).toContain(
      '\n  set         --threads 1 --shard-size 800 --pool processes\n',
    )
  })
  test('says to set nothing of which nothing is known', () => {
    for (const conclusion of ['noisy', 'short'] as const) {
      const whole = text(Infinity, { conclusion })
      expect(whole).not.toMatch(/\n {2}(set|next) /)
    }
    // A number that was tried once, and nothing that confirms it.
    const concurrencies = [{ tasksPerSecond: 400 }, { concurrency: 128, tasksPerSecond: 500 }]
    const waits: Partial<Estimate> = { isWaiting: true, concurrencies, recommended: { concurrency: 128 } }
    for (const unsure of [{ conclusion: 'short' }, { conclusion: 'noisy', noise: 2 }] as const)
      expect(text(Infinity, { ...waits, ...unsure })).not.toMatch(/\n {2}(set|next) /)
    expect(text(Infinity, { ...waits, conclusion: 'noisy', noise: 0.1 })).toContain(
      '\n  set         --concurrency 128\n',
    )
  })
  test('says what keeps a process alive, however little else is known', () => {
    const whole = text(Infinity, { conclusion: 'noisy', recommended: { pool: 'processes' } })
    expect(whole).toContain('\n  set         --pool processes\n')
    expect(whole).not.toMatch(/\n {2}next /)
  })
  test('says why nothing is predicted', () => {
    const { predicted: _, ...rest } = AN_ESTIMATE
    const whole = estimateText(rest, { columns: Infinity, json: undefined, command: [] })
    expect(stripVTControlCharacters(whole)).toContain('Say it with --tasks.')
  })
})

test('a range has its unit once', () => {
  expect(rangeText({ low: 1_190, mid: 1_240, high: 1_310 })).toBe('1.2 s (1.2 to 1.3)')
  expect(rangeText({ low: 940, mid: 980, high: 1_310 })).toBe('980 ms (940 ms to 1.3 s)')
  expect(rangeText({ low: 65_000, mid: 70_000, high: 80_000 })).toBe('1:10 (1:05 to 1:20)')
  expect(rangeText({ low: 1_000, mid: 1_000, high: 1_000 })).toBe('1 s')
})

describe('what an estimate says of a run', () => {
  test('of the same input and threads: what it said', () => {
    expect(predictionFor(AN_ESTIMATE, 2, 999_123, 235e6)).toMatchObject({
      ms: AN_ESTIMATE.predicted?.runMs,
      tasks: 1_000_000,
    })
  })
  test('of other records: what the model says for as many', () => {
    const { ms, tasks } = predictionFor(AN_ESTIMATE, 2, 10_000, undefined)
    expect(tasks).toBe(10_000)
    expect(ms.mid).toBeCloseTo((10 + 10_000 * (0.0001 + 0.0025 / 2)) * 1.01, 6)
  })
  test('of more threads than the machine had cores: what as many as these do', () => {
    expect(predictionFor(AN_ESTIMATE, 16, 10_000, undefined).ms).toEqual(
      predictionFor(AN_ESTIMATE, 2, 10_000, undefined).ms,
    )
  })
})
