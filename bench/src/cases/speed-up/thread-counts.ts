import { availableParallelism } from 'node:os'

/** 1 to 4 threads, and on more than two cores the powers of two up to twice the cores. */
export function threadCounts(cores: number = availableParallelism()): number[] {
  const counts = new Set([1, 2, 3, 4, cores, 2 * cores])
  for (let count = 8; count < 2 * cores; count *= 2) counts.add(count)
  return [...counts].toSorted((a, b) => a - b)
}
