import { fork } from 'node:child_process'
import { once } from 'node:events'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { fileURLToPath } from 'node:url'
import type { LoadOrder } from './load-generator.ts'

/** ms */
export interface Latencies {
  readonly p50: number
  readonly p99: number
  readonly max: number
}

export interface Measured {
  readonly endpoint: Latencies
  /** By how much the main thread's own timers were late. */
  readonly eventLoop: Latencies
}

/** Has another process ask the endpoint, and watches this process's event loop meanwhile. */
export async function measure(order: LoadOrder): Promise<Measured> {
  const generator = fork(fileURLToPath(new URL('./load-generator.ts', import.meta.url)))
  // Its default of 10 ms would show 10 ms for an idle process.
  const delay = monitorEventLoopDelay({ resolution: 1 })
  generator.send(order)
  await once(generator, 'message') // it is warm
  delay.enable()
  const [latencies] = (await once(generator, 'message')) as [number[]]
  delay.disable()
  const lateMs = (percentile: number): number => Math.max(0, delay.percentile(percentile) / 1e6 - 1)
  return {
    endpoint: summarise(latencies),
    eventLoop: { p50: lateMs(50), p99: lateMs(99), max: Math.max(0, delay.max / 1e6 - 1) },
  }
}

function summarise(latencies: readonly number[]): Latencies {
  const sorted = latencies.toSorted((a, b) => a - b)
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN
  return { p50: at(0.5), p99: at(0.99), max: at(1) }
}
