import { getHeapStatistics } from 'node:v8'

/** Asking costs a microsecond, and it does not change that fast. */
const EVERY_MS = 2
let asked = { at: -Infinity, mb: 0 }

/** This thread's heap, garbage and the memory of its buffers included, MB, as it was within the last 2 ms. */
export function heapMb(now: number): number {
  if (now - asked.at < EVERY_MS) return asked.mb
  const { used_heap_size: heap, external_memory: buffers } = getHeapStatistics()
  asked = { at: now, mb: (heap + buffers) / 2 ** 20 }
  return asked.mb
}
