import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ToleranceExceededError, assertSucceeded, verify } from '@fanfold/core'
import type { Outcome, Run, RunOptions } from '@fanfold/core'
import { describe, expect, test } from 'vitest'
import { byIndex, progressWhere, tempFolder, untilWritten } from '../engine/fixtures.ts'
import { POOLS, numbers, poolOption, tally, testEngine, verifierOf } from './pools.ts'
import type { Pool } from './pools.ts'

/** Multiples of 10 are errored; `slow` is, once it was begun, not over before the gate is there. */
const TENTHS = `
  import { appendFileSync, existsSync } from 'node:fs'
  import { setTimeout as delay } from 'node:timers/promises'
  export default async (n, { config, signal }) => {
    if (n === 'slow') {
      appendFileSync(config.log, 'slow\\n')
      while (!existsSync(config.gate)) {
        signal.throwIfAborted() // so that only a run that lets it go on gets its verdict
        await delay(5)
      }
      return true
    }
    if (n === 'bad') while (!existsSync(config.log)) await delay(5)
    if (n === 'bad' || n % 10 === 0) throw new Error('bad ' + n + '.')
    return true
  }
`

describe.each(POOLS)('in %s', (pool) => {
  test('as many as are tolerated are fine, one more is not, by count and by percentage', async () => {
    const engine = testEngine({ pool, threads: 2 })
    const loaded = engine.load<number>(verifierOf(TENTHS))
    for (const [tolerate, isExceeded] of [
      [{ count: 10 }, false],
      [{ count: 9 }, true],
      [{ percentage: 10 }, false],
      [{ percentage: 9.9 }, true],
      [{ percentage: 0 }, true],
    ] as const) {
      const { outcomes, error, run } = await taken(loaded.run(numbers(100), { tolerate, halt: 'never' }))
      expect(tally(outcomes)).toEqual({ completed: 90, errored: 10 })
      const report = await run.report()
      expect(report).toMatchObject({
        result: isExceeded ? 'failed' : 'partial',
        total: 100,
        tolerance: { ...tolerate, unsuccessful: 10, isExceeded },
      })
      if (!isExceeded) {
        expect(error).toBeUndefined()
        assertSucceeded(report)
        continue
      }
      expect(error).toBeInstanceOf(ToleranceExceededError)
      expect(error).toBe(report.failure)
      expect(error).toMatchObject({ code: 'FANFOLD_TOLERANCE_EXCEEDED', tolerance: tolerate, unsuccessful: 10 })
      expect((error as ToleranceExceededError).firstErrors).toHaveLength(10)
      expect(String(error)).toMatch(/ The first: (index \d+: bad \d+(; |\.$)){3}/)
      const failed = { code: 'FANFOLD_RUN_FAILED', report, cause: error }
      expect(() => assertSucceeded(report)).toThrow(expect.objectContaining(failed))
      expect(() => assertSucceeded(report)).toThrow(/bad \d+; 90 of 100 tasks reached a verdict/)
    }
  })

  test('soon: what runs comes to its verdict, and nothing more is begun', async () => {
    const { run, gate, taking } = await halted(pool, 'soon')
    await progressWhere(run, ({ state }) => state === 'ending')
    writeFileSync(gate, '')
    const { outcomes, error } = await taking
    expect(byIndex(outcomes).slice(0, 2)).toMatchObject([{ status: 'completed' }, { status: 'errored' }])
    await expectHalted(run, outcomes, error)
  })

  test('now: what runs is aborted', async () => {
    const { run, gate, taking } = await halted(pool, 'now')
    const { outcomes, error } = await taking
    expect(existsSync(gate)).toBe(false)
    expect(byIndex(outcomes).slice(0, 2)).toMatchObject([{ status: 'aborted' }, { status: 'errored' }])
    await expectHalted(run, outcomes, error)
  })

  test('verify() resolves within a tolerance, and rejects beyond it and without one', async () => {
    const path = verifierOf(TENTHS)
    const options = { ...poolOption(pool), threads: 1 }
    const { report, outcomes } = await verify<number>(path, numbers(30), { ...options, tolerate: { count: 3 } })
    expect({ result: report.result, outcomes: outcomes.length }).toEqual({ result: 'partial', outcomes: 30 })
    await expect(verify<number>(path, numbers(30), options)).rejects.toMatchObject({ code: 'FANFOLD_RUN_PARTIAL' })
    const beyond = verify<number>(path, numbers(30), { ...options, tolerate: { count: 2 }, halt: 'never' })
    await expect(beyond).rejects.toMatchObject({
      code: 'FANFOLD_RUN_FAILED',
      report: { result: 'failed' },
      outcomes: { length: 30 },
      cause: { code: 'FANFOLD_TOLERANCE_EXCEEDED' },
    })
  })
})

/** A run that stops at its first unsuccessful task while another one is under way. */
async function halted(
  pool: Pool,
  halt: RunOptions['halt'] & string,
): Promise<{ run: Run; gate: string; taking: Promise<Taken> }> {
  const folder = tempFolder()
  const [log, gate] = [join(folder, 'log'), join(folder, 'gate')]
  const items = ['slow', 'bad', ...numbers(5_000).map(() => 1)]
  const run = testEngine({ pool, threads: 1 }).run(verifierOf(TENTHS), items, {
    config: { log, gate },
    concurrency: 2,
    tolerate: { count: 0 },
    halt,
  })
  const taking = taken(run)
  await untilWritten(log, { slow: 1 })
  return { run, gate, taking }
}

async function expectHalted(run: Run, outcomes: readonly Outcome[], error: unknown): Promise<void> {
  expect(error).toMatchObject({ code: 'FANFOLD_TOLERANCE_EXCEEDED', unsuccessful: 1, firstErrors: [{ index: 1 }] })
  const { result, total, statuses, tolerance } = await run.report()
  expect({ result, total, tolerance }).toEqual({
    result: 'failed',
    total: 5_002,
    tolerance: { count: 0, unsuccessful: 1, isExceeded: true },
  })
  expect(statuses.completed + statuses.errored + statuses.aborted).toBe(5_002)
  expect(statuses.aborted).toBeGreaterThan(4_000)
  // Of a source of known size, what was not read is counted and not given.
  expect(tally(outcomes)).toMatchObject({
    errored: 1,
    ...(statuses.completed > 0 && { completed: statuses.completed }),
  })
}

interface Taken {
  readonly run: Run
  readonly outcomes: readonly Outcome[]
  readonly error: unknown
}

/** All that a run gives, and what its iteration throws at the end. */
async function taken(run: Run): Promise<Taken> {
  const outcomes: Outcome[] = []
  try {
    for await (const outcome of run) outcomes.push(outcome)
    return { run, outcomes, error: undefined }
  } catch (error) {
    return { run, outcomes, error }
  }
}
