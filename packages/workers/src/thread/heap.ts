import { getHeapStatistics } from 'node:v8'

/** This thread's heap, garbage and the memory of its buffers included, MB. */
export function heapMb(): number {
  const { used_heap_size: heap, external_memory: buffers } = getHeapStatistics()
  return (heap + buffers) / 2 ** 20
}
