import { getEventListeners } from 'node:events'
import { readFileSync } from 'node:fs'
import type { CheckOptions, LoadedVerifier, Outcome } from '@fanfold/core'
import { describe, expect, test } from 'vitest'
import { faults, tasks, untilWritten } from '../engine/fixtures.ts'
import { numbers, verifierOf } from '../faults/pools.ts'
import { POOLS, engineOn, newLog } from './pools.ts'

/** Says what it is about to do, then waits for its signal, or for ever. */
const WAITING = `
  import { appendFileSync } from 'node:fs'
  export default ({ name, heeds }, { config, signal }) => {
    appendFileSync(config.log, 'began ' + name + '\\n')
    if (name === 'quick') return true
    return new Promise((_, reject) => {
      signal.addEventListener('abort', () => {
        appendFileSync(config.log, 'heard ' + signal.reason.message + '\\n')
        if (heeds) reject(signal.reason)
      })
    })
  }`

function statusOf(settled: PromiseSettledResult<Outcome>): string {
  if (settled.status === 'fulfilled') return settled.value.status
  return (settled.reason as { code?: string }).code ?? String(settled.reason)
}

async function statusesOf(checks: readonly Promise<Outcome>[]): Promise<string[]> {
  return (await Promise.allSettled(checks)).map(statusOf)
}

describe.each(POOLS)('a check, with a pool of %s,', (pool) => {
  function load(check: CheckOptions = {}, threads = 2): LoadedVerifier<object> {
    return engineOn(pool, { threads }).load<object>(faults, { check })
  }

  test('resolves with its outcome, whatever that is, and counts requests', async () => {
    const loaded = load()
    expect(await loaded.check({ do: 'flag', n: 3 })).toMatchObject({
      index: 0,
      status: 'completed',
      verdict: 'flag',
      reason: 'odd',
      value: { n: 3 },
      attempts: 1,
    })
    expect(await loaded.check({ do: 'throw', n: 4 })).toMatchObject({
      index: 1,
      status: 'errored',
      error: { message: 'customer 4 cannot be billed' },
    })
    expect(await loaded.check({ do: 'context' })).toMatchObject({ index: 2, value: { index: 2, attempt: 1 } })
  })

  test('costs its neighbours nothing when it crashes, hangs, spins, throws or cannot be sent', async () => {
    const loaded = load({ timeoutMs: 500 })
    const items = tasks(40, {
      3: { do: 'exit' },
      8: { do: 'spin' },
      15: { do: 'never' },
      21: { do: 'throw', n: 1 },
      22: { do: 'pass', f: () => {} },
      30: { do: 'spinBetweenAwaits' },
    })
    const statuses = await statusesOf(items.map((item) => loaded.check(item)))
    const expected = items.map(() => 'completed')
    Object.assign(expected, {
      3: 'crashed',
      8: 'timedOut',
      15: 'timedOut',
      21: 'errored',
      22: 'errored',
      30: 'timedOut',
    })
    expect(statuses).toEqual(expected)
  })

  test('is run in the order of the calls by one thread', async () => {
    const url = verifierOf(`
      import { pass } from '@fanfold/workers'
      let calls = 0
      export default () => pass(calls++)`)
    const loaded = engineOn(pool, { threads: 1 }).load(url)
    const outcomes = await Promise.all(numbers(300).map((n) => loaded.check(n)))
    expect(outcomes).toMatchObject(numbers(300).map((n) => ({ index: n, value: n })))
  })

  test('is refused when too many wait, by number or by size, and accepted again later', async () => {
    const loaded = load({ maxQueued: 3 })
    const five = tasks(5).map((item) => loaded.check(item))
    await expect(five[4]).rejects.toThrow('3 requests (0 MiB) wait for a thread, and no more than 3 may.')
    expect(await statusesOf(five)).toEqual([...Array(3).fill('completed'), ...Array(2).fill('FANFOLD_OVERLOADED')])
    expect(await statusesOf([loaded.check({ do: 'pass' })])).toEqual(['completed'])
    const bounded = load({ maxQueued: Infinity, maxQueuedBytes: 2 ** 20 })
    const large = { do: 'pass', text: 'x'.repeat(1e6) }
    const two = [large, large].map((item) => bounded.check(item))
    await expect(two[1]).rejects.toThrow(/^1 requests .* no more than 1 MiB may\..* raise check.maxQueuedBytes /)
    expect(await statusesOf(two)).toEqual(['completed', 'FANFOLD_OVERLOADED'])
    const unbounded = load({ maxQueued: Infinity, maxQueuedBytes: Infinity })
    expect(await statusesOf([large, large].map((item) => unbounded.check(item)))).toEqual(['completed', 'completed'])
  })

  test('does not wait, and is not refused, while a thread is free, however many are made in one turn', async () => {
    const loaded = load({ maxQueued: 1 })
    await loaded.ready
    // Two threads take one each, one waits.
    const busy = { do: 'busy', n: 100 }
    const four = [1, 2, 3, 4].map(() => loaded.check(busy))
    expect(await statusesOf(four)).toEqual([...Array(3).fill('completed'), 'FANFOLD_OVERLOADED'])
  })

  test('whose signal has fired before is not run; nor is one that is given up while it waits', async () => {
    const log = newLog()
    const loaded = engineOn(pool).load(verifierOf(WAITING), { config: { log } })
    const reason = new Error('not wanted')
    const controller = new AbortController()
    const waiting = loaded.check({ name: 'a' }, { signal: controller.signal })
    controller.abort(reason)
    await expect(waiting).rejects.toBe(reason)
    await expect(loaded.check({ name: 'b' }, { signal: controller.signal })).rejects.toBe(reason)
    expect(await loaded.check({ name: 'quick' })).toMatchObject({ index: 0, verdict: 'pass' })
    expect(readFileSync(log, 'utf8')).toBe('began quick\n')
  })

  test.each([true, false])('that runs and is given up fires its signal (it heeds that: %s)', async (heeds) => {
    const log = newLog()
    const loaded = engineOn(pool, { threads: 1 }).load(verifierOf(WAITING), { config: { log } })
    const controller = new AbortController()
    const running = loaded.check({ name: 'a', heeds }, { signal: controller.signal })
    await untilWritten(log, { began: 1 })
    const behind = loaded.check({ name: 'quick' })
    controller.abort(new Error('enough'))
    await expect(running).rejects.toThrow('enough')
    // The only thread is free again.
    expect(await behind).toMatchObject({ verdict: 'pass' })
    expect(readFileSync(log, 'utf8')).toBe('began a\nheard enough\nbegan quick\n')
  })

  test('that is given up behind another one of its batch does not begin', async () => {
    const log = newLog()
    const options = { config: { log }, check: { concurrency: 1 } }
    const loaded = engineOn(pool, { threads: 1 }).load(verifierOf(WAITING), options)
    for (const _ of numbers(3)) await Promise.all(numbers(20).map(() => loaded.check({ name: 'quick' }))) // now they go together
    const [first, second] = [new AbortController(), new AbortController()]
    const together = [
      loaded.check({ name: 'a', heeds: true }, { signal: first.signal }),
      loaded.check({ name: 'b' }, { signal: second.signal }),
      loaded.check({ name: 'quick' }),
    ]
    await expect.poll(() => readFileSync(log, 'utf8')).toContain('began a')
    second.abort(new Error('b'))
    first.abort(new Error('a'))
    expect(await statusesOf(together)).toEqual(['Error: a', 'Error: b', 'completed'])
    expect(readFileSync(log, 'utf8')).not.toContain('began b')
  })

  test('takes its listener off its signal, however it ends', async () => {
    const { signal } = new AbortController()
    const loaded = load({ timeoutMs: 500, maxQueued: 20 })
    const items = tasks(20, { 3: { do: 'throw' }, 5: { do: 'never' }, 7: { do: 'pass', f: () => {} } })
    const checks = items.map((item) => loaded.check(item, { signal }))
    await expect(loaded.check({ do: 'pass' }, { signal })).rejects.toMatchObject({ code: 'FANFOLD_OVERLOADED' })
    expect(getEventListeners(signal, 'abort')).toHaveLength(20)
    await Promise.all(checks)
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
  })

  test('that was accepted has its outcome when the verifier is closed; later ones are refused', async () => {
    const loaded = load()
    const checks = numbers(50).map(() => loaded.check({ do: 'sleep', n: 2 }))
    const closed = loaded.close()
    expect(await statusesOf([loaded.check({ do: 'pass' })])).toEqual(['FANFOLD_VERIFIER_CLOSED'])
    expect(new Set(await statusesOf(checks))).toEqual(new Set(['completed']))
    await closed
    expect(await statusesOf([loaded.check({ do: 'pass' })])).toEqual(['FANFOLD_VERIFIER_CLOSED'])
  })

  test('that runs or waits is rejected when the engine is closed; later ones are too', async () => {
    const engine = engineOn(pool)
    const loaded = engine.load<object>(faults)
    await loaded.check({ do: 'pass' })
    const checks = ['never', 'spin', 'pass', 'sleep', 'pass'].map((what) => loaded.check({ do: what, n: 10_000 }))
    const statuses = statusesOf(checks)
    await new Promise((resolve) => setImmediate(resolve)) // they are on their way
    await engine.close()
    expect(await statuses).toEqual(Array(5).fill('FANFOLD_ENGINE_CLOSED'))
    expect(await statusesOf([loaded.check({ do: 'pass' })])).toEqual(['FANFOLD_ENGINE_CLOSED'])
  })

  test('is rejected with why its verifier cannot be used, each one', async () => {
    const loaded = engineOn(pool).load(verifierOf('throw new Error("no licence")'))
    const three = [loaded.check(1), loaded.check(2)]
    const statuses = statusesOf(three)
    await expect(loaded.ready).rejects.toThrow('no licence')
    expect(await statuses).toEqual(Array(2).fill('FANFOLD_VERIFIER_LOAD_FAILED'))
    await expect(loaded.check(3)).rejects.toThrow('no licence')
  })

  test.skipIf(pool === 'processes')('begins anew after too many threads have died with nobody to blame', async () => {
    const url = verifierOf(`
      export default (what) => {
        if (what === 'bad') setImmediate(() => process.exit(3))
        return true
      }`)
    const loaded = engineOn(pool).load(url)
    const errors: unknown[] = []
    for (let i = 0; i < 300 && errors.length === 0; i++) {
      await loaded.check('bad').catch((error: unknown) => errors.push(error))
    }
    expect(errors).toMatchObject([{ code: 'FANFOLD_THREAD_DIED' }])
    expect(await loaded.check('good')).toMatchObject({ verdict: 'pass' })
  })

  test('is one of thousands, and each is settled once as its nature is', { timeout: 60_000 }, async () => {
    const engine = engineOn(pool)
    const loaded = engine.load<object>(faults, { check: { timeoutMs: 1_000 } })
    const natures = ['pass', 'no', 'fail', 'value', 'throw', 'nothing', 'sleep', 'rejects'] as const
    const expected = { throw: 'errored', nothing: 'errored', rejects: 'errored' } as Record<string, string>
    let settled = 0
    const check = async (n: number): Promise<void> => {
      const what = n % 1_501 === 1_500 ? 'exit' : natures[(n * 7_919) % natures.length]!
      const { status } = await loaded.check({ do: what, n: 1 })
      settled++
      expect(`${what} ${status}`).toBe(`${what} ${what === 'exit' ? 'crashed' : (expected[what] ?? 'completed')}`)
    }
    await Promise.all(numbers(5_000).map((n) => check(n)))
    expect(settled).toBe(5_000)
  })

  test('does not wait for the end of a batch, nor the batch for it', async () => {
    const engine = engineOn(pool)
    const loaded = engine.load<object>(faults)
    const run = loaded.run(numbers(5_000).map(() => ({ do: 'block', n: 2 })))
    const report = run.report()
    const settled = (): number => run.progress().statuses.completed
    await expect.poll(settled, { timeout: 30_000 }).toBeGreaterThan(100)
    for (const _ of numbers(5)) {
      const before = settled()
      await loaded.check({ do: 'pass' })
      // Two shards of 40 ms are under way, and what they had settled may be told meanwhile.
      expect(settled() - before).toBeLessThan(200)
    }
    // Requests that never end leave the batch a thread.
    let isOver = false
    const lane = async (): Promise<void> => {
      while (!isOver) await loaded.check({ do: 'block', n: 1 })
    }
    const lanes = numbers(50).map(lane)
    const before = settled()
    await expect.poll(settled, { timeout: 30_000 }).toBeGreaterThan(before + 200)
    isOver = true
    await Promise.all(lanes)
    run.cancel()
    expect((await report).statuses.errored).toBe(0)
  })
})
