import { expect, test } from 'vitest'
import { AdaptiveLimit } from './adaptive-limit.ts'
import { seededRandom } from '../random.ts'

/** What a downstream does with a call that begins while `running` others are there. */
interface Downstream {
  /** `undefined`: it is turned away. */
  serviceMs(running: number, nowMs: number, random: () => number): number | undefined
}

interface Played {
  readonly limit: AdaptiveLimit
  /** In ms of the simulated time. */
  readonly ends: readonly { readonly atMs: number; readonly isRejected: boolean; readonly limit: number }[]
}

const REJECTION_MS = 1
/** Threads tell of what went well together, and of a rejection soon; its permit comes with the word. */
const TOLD_AFTER_MS = 10
const REJECTION_TOLD_AFTER_MS = 1

interface Call {
  readonly endsMs: number
  readonly ms: number
  readonly isRejected: boolean
}

/** What has ended, and is not told yet. */
class Told {
  dueMs = Infinity
  rejected = 0
  #calls = 0
  #logMsSum = 0

  add({ endsMs, ms, isRejected }: Call): void {
    this.#calls++
    if (isRejected) this.rejected++
    else this.#logMsSum += Math.log(ms)
    this.dueMs = Math.min(this.dueMs, endsMs + (isRejected ? REJECTION_TOLD_AFTER_MS : TOLD_AFTER_MS))
  }

  to(limit: AdaptiveLimit, inUse: number): void {
    limit.settled({ calls: this.#calls, rejected: this.rejected, logMsSum: this.#logMsSum }, inUse)
    this.#calls = this.rejected = this.#logMsSum = 0
    this.dueMs = Infinity
  }
}

/** Calls without a pause, as many at once as the limit says (or the demand, if that is less), for so long. */
function play(
  downstream: Downstream,
  { forMs, concurrency = 50, maxConcurrency = 1000, demand = Infinity, seed = 1 }: Record<string, number>,
): Played {
  const limit = new AdaptiveLimit({ concurrency: concurrency!, maxConcurrency: maxConcurrency! })
  const random = seededRandom(seed!)
  // In the order of their ends.
  const calls: Call[] = []
  const told = new Told()
  let running = 0
  const ends: Played['ends'][number][] = []
  let now = 0
  for (;;) {
    while (calls.length + told.rejected < Math.min(limit.limit, demand!)) {
      const ms = downstream.serviceMs(running, now, random)
      const call = { endsMs: now + (ms ?? REJECTION_MS), ms: ms ?? 0, isRejected: ms === undefined }
      if (!call.isRejected) running++
      const at = calls.findIndex(({ endsMs }) => endsMs > call.endsMs)
      calls.splice(at < 0 ? calls.length : at, 0, call)
    }
    if (told.dueMs <= (calls[0]?.endsMs ?? Infinity)) {
      now = told.dueMs
      told.to(limit, calls.length + told.rejected)
      continue
    }
    const call = calls.shift()!
    now = call.endsMs
    if (now > forMs!) return { limit, ends }
    if (!call.isRejected) running--
    told.add(call)
    ends.push({ atMs: now, isRejected: call.isRejected, limit: limit.limit })
  }
}

/** Turns away what is above its capacity, which may change; else it takes some 20 ms, or so many. */
function rejecting(capacityAt: (nowMs: number) => number, ms: number = 20): Downstream {
  return {
    serviceMs: (running, nowMs, random) => (running >= capacityAt(nowMs) ? undefined : ms * (0.75 + 0.5 * random())),
  }
}

function between({ ends }: Played, fromMs: number, toMs: number) {
  const some = ends.filter(({ atMs }) => atMs >= fromMs && atMs < toMs)
  const served = some.filter(({ isRejected }) => !isRejected).length
  return { perSecond: (served / (toMs - fromMs)) * 1000, rejectedShare: 1 - served / some.length }
}

const BEST = (capacity: number): number => (capacity / 20) * 1000

test.each([3, 50, 120, 400])(
  'of a downstream that bears %i, most is used within 10 s, and hardly a call rejected',
  (capacity) => {
    const played = play(
      rejecting(() => capacity),
      { forMs: 40_000 },
    )
    const after = between(played, 10_000, 40_000)
    expect(after.perSecond).toBeGreaterThan(0.95 * BEST(capacity))
    expect(after.rejectedShare).toBeLessThan(0.01)
  },
)

test.each([20, 40, 200])(
  'to try again what a downstream of %i ms did not bear costs a rejection, and not as many as fit into a round',
  (ms) => {
    const played = play(
      rejecting(() => 50, ms),
      { forMs: 60_000 },
    )
    const { perSecond, rejectedShare } = between(played, 10_000, 60_000)
    expect(perSecond).toBeGreaterThan((0.95 * 50_000) / ms)
    expect(rejectedShare).toBeLessThan(0.003)
  },
)

test('an overload is one decrease, by as many calls as were rejected', () => {
  const limit = new AdaptiveLimit({ concurrency: 100, maxConcurrency: 1000 })
  const reject = (rejected: number): void => limit.settled({ calls: rejected, rejected, logMsSum: 0 }, limit.limit)
  reject(1)
  expect(limit.limit).toBe(95) // at least a twentieth
  for (let n = 0; n < 4; n++) reject(1)
  expect(limit.limit).toBe(95)
  reject(15)
  expect(limit.limit).toBe(80)
  reject(60)
  expect(limit.limit).toBe(50) // at most half
  limit.settled({ calls: 20, rejected: 0, logMsSum: 0 }, 50) // the last of the hundred that were under way
  reject(10)
  expect(limit.limit).toBe(40)
})

test('a downstream that rejects everything for a while is soon given again what it bears', () => {
  const capacityAt = (nowMs: number): number => (nowMs >= 10_000 && nowMs < 12_000 ? 0 : 50)
  const played = play(rejecting(capacityAt), { forMs: 30_000 })
  expect(Math.min(...played.ends.map(({ limit }) => limit))).toBe(1)
  expect(between(played, 22_000, 30_000).perSecond).toBeGreaterThan(0.95 * BEST(50))
})

test('what was rejected before it was set anew says nothing of it', () => {
  const limit = new AdaptiveLimit({ concurrency: 10, maxConcurrency: 1000 })
  limit.settled({ calls: 1, rejected: 1, logMsSum: 0 }, 10)
  limit.set({ concurrency: 100, maxConcurrency: 1000 })
  limit.settled({ calls: 1, rejected: 1, logMsSum: 0 }, 100)
  expect(limit.limit).toBe(95)
})

test('calls that could be under way, and are not, do not count as borne when some are rejected', () => {
  const limit = new AdaptiveLimit({ concurrency: 50, maxConcurrency: 1000 })
  limit.settled({ calls: 10, rejected: 10, logMsSum: 0 }, 30)
  expect(limit.limit).toBe(20)
})

test('it converges again after the capacity was halved, and after it was doubled', () => {
  const capacityAt = (nowMs: number): number => (nowMs >= 20_000 && nowMs < 40_000 ? 25 : 50)
  const played = play(rejecting(capacityAt), { forMs: 60_000 })
  const parts = [
    { capacity: 50, ...between(played, 10_000, 20_000) },
    { capacity: 25, ...between(played, 30_000, 40_000) },
    { capacity: 50, ...between(played, 50_000, 60_000) },
  ]
  for (const { capacity, perSecond, rejectedShare } of parts) {
    expect(perSecond).toBeGreaterThan(0.95 * BEST(capacity))
    expect(rejectedShare).toBeLessThan(0.01)
  }
})

test('a downstream that becomes slow instead of rejecting is not given more and more', () => {
  // Serves 40 at once, and has the others wait.
  const queueing: Downstream = {
    serviceMs: (running, _now, random) => Math.max(1, (running + 1) / 40) * (15 + 10 * random()),
  }
  const { limit } = play(queueing, { forMs: 30_000 })
  expect(limit.limit).toBeGreaterThan(30)
  expect(limit.limit).toBeLessThan(200)
})

test('calls that take very different times are no sign of too many', () => {
  const mixed: Downstream = { serviceMs: (_running, _now, random) => (random() < 0.5 ? 1 : 100 * random()) }
  const { limit } = play(mixed, { forMs: 60_000, maxConcurrency: 200 })
  expect(limit.limit).toBeGreaterThan(100)
})

test('it does not grow while less than half of it is used', () => {
  const { limit } = play(
    rejecting(() => Infinity),
    { forMs: 20_000, demand: 20 },
  )
  expect(limit.limit).toBe(50)
})

test('it stays between 1 and the largest', () => {
  const none = play(
    rejecting((nowMs) => (nowMs < 5_000 ? 100 : 0)),
    { forMs: 8_000 },
  )
  expect(none.limit.limit).toBe(1)
  const all = play(
    rejecting(() => Infinity),
    { forMs: 20_000, maxConcurrency: 60 },
  )
  expect(all.limit.limit).toBe(60)
  expect(Math.max(...all.ends.map((end) => end.limit))).toBe(60)
})
