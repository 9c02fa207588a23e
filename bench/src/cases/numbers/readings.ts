import type { Counts } from '../../bench-case.ts'
import { isPlanted } from '../../planted.ts'
import { seededRandom } from '../../seeded-random.ts'

/** Temperatures in hundredths of a degree; the planted ones are below absolute zero. */
export function fillReadings(readings: Float64Array): void {
  const random = seededRandom(64)
  for (let n = 0; n < readings.length; n++) readings[n] = isPlanted(n) ? -300 : Math.round(random() * 1e4) / 100
}

/** A few nanoseconds. */
export function isReading(value: number): boolean {
  return value >= -273.15 && value <= 1000 && Math.abs(value * 100 - Math.round(value * 100)) < 1e-6
}

export function countReadings(readings: Float64Array): Counts {
  let pass = 0
  for (const value of readings) if (isReading(value)) pass++
  return { pass, fail: readings.length - pass }
}
