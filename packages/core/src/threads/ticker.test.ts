import { setTimeout as delay } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { Ticker } from './ticker.ts'
import type { Watched } from './ticker.ts'

/** Something with a deadline, and all the ticks that it got. */
class Noted implements Watched {
  deadlineMs: number
  readonly ticks: number[] = []

  constructor(deadlineMs: number) {
    this.deadlineMs = deadlineMs
  }

  tick(elapsedMs: number): void {
    this.ticks.push(elapsedMs)
  }
}

function watching(...watched: Noted[]): Ticker {
  const ticker = new Ticker()
  onTestFinished(() => {
    for (const it of watched) ticker.unwatch(it)
  })
  for (const it of watched) ticker.watch(it)
  return ticker
}

test('ticks come although deadlines change all the time', async () => {
  const patient = new Noted(Infinity)
  const changing = new Noted(400)
  const startedAt = performance.now()
  const ticker = watching(patient, changing)
  for (let changes = 0; changes < 400 && patient.ticks.length < 5; changes++) {
    changing.deadlineMs = 400 + 100 * (changes % 3) // ticks of 50, 62.5 and 75 ms
    ticker.unwatch(changing)
    ticker.watch(changing)
    await delay(4)
  }
  expect(patient.ticks.length).toBeGreaterThanOrEqual(5)
  const elapsedMs = patient.ticks.reduce((sum, ms) => sum + ms, 0)
  expect(elapsedMs).toBeLessThanOrEqual(performance.now() - startedAt + 1)
})

test('time passes for those who are watched, and for nobody else', async () => {
  const [watched, other] = [new Noted(40), new Noted(40)]
  const ticker = watching(watched, other)
  ticker.unwatch(other)
  await expect.poll(() => watched.ticks.length, { timeout: 10_000 }).toBeGreaterThanOrEqual(3)
  expect(other.ticks).toEqual([])
  ticker.unwatch(watched)
  const { length } = watched.ticks
  await delay(50)
  expect(watched.ticks).toHaveLength(length)
})

test('a tick that comes late counts as one', async () => {
  const watched = new Noted(200)
  watching(watched)
  const end = performance.now() + 300
  while (performance.now() < end);
  await expect.poll(() => watched.ticks.length, { timeout: 10_000 }).toBeGreaterThanOrEqual(1)
  expect(watched.ticks[0]).toBeLessThanOrEqual(25 * 1.5)
})
