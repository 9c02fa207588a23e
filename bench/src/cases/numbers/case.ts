import type { BenchCase, CaseOptions, Side } from '../../bench-case.ts'
import { plantedCounts } from '../../planted.ts'
import { requireCounts } from '../../require-counts.ts'
import { loopSide, nextFreeSide, splitSide } from '../../sides/bare-sides.ts'
import { fanfoldSide, readBatches } from '../../sides/fanfold-side.ts'
import { countReadings, fillReadings } from './readings.ts'

/** Numbers in one message of the hand-written batches, 400 KB. */
const BATCH = 50_000
const thread = new URL('./reading-thread.ts', import.meta.url)
const verifier = new URL('./verify-reading.ts', import.meta.url)

/** The least that a task can be; what is measured is the loop around it, and how the numbers get to the threads. */
export const numbers: BenchCase = {
  name: 'numbers',
  title: 'a Float64Array in memory, also on a SharedArrayBuffer (3 ns each; where fanning out loses to one loop)',
  fairness:
    'Before the clock: process, threads, modules, numbers. In it: getting the numbers to the threads (copied, or shared), ' +
    'checking, counting. Fanfold also has a verdict, a time and a place in the account for each.',
  defaultTasks: 2_000_000,
  prepare: async () => {},
  sides: [
    loopSide('one loop', owned, countReadings),
    splitSide('bare split', thread, (options) => splitViews(owned(options), options.threads)),
    splitSide('bare split, shared', thread, (options) => splitViews(shared(options), options.threads)),
    nextFreeSide('bare batches', thread, 2, (options) => copies(owned(options))),
    numberSide('fanfold report', owned),
    numberSide('fanfold report, shared', shared),
    fanfoldSide<number>({ name: 'fanfold batches', verifier, source: sourceOf(owned), consume: readBatches }),
  ],
  validate: (counts, tasks) => requireCounts(counts, plantedCounts(tasks)),
  targets: [],
}

function owned({ tasks }: CaseOptions): Float64Array {
  const readings = new Float64Array(tasks)
  fillReadings(readings)
  return readings
}

function shared({ tasks }: CaseOptions): Float64Array {
  const readings = new Float64Array(new SharedArrayBuffer(tasks * Float64Array.BYTES_PER_ELEMENT))
  fillReadings(readings)
  return readings
}

function numberSide(name: string, make: (options: CaseOptions) => Float64Array): Side {
  return fanfoldSide<number>({ name, verifier, source: sourceOf(make) })
}

function sourceOf(make: (options: CaseOptions) => Float64Array): (options: CaseOptions) => () => Float64Array {
  return (options) => {
    const readings = make(options)
    return () => readings
  }
}

/** A view of a buffer that is not shared is copied with its whole buffer when it is sent: each gets a buffer of its own. */
function splitViews(readings: Float64Array, parts: number): Float64Array[] {
  const isShared = readings.buffer instanceof SharedArrayBuffer
  return Array.from({ length: parts }, (_, part) => {
    const from = Math.round((readings.length * part) / parts)
    const to = Math.round((readings.length * (part + 1)) / parts)
    return isShared ? readings.subarray(from, to) : readings.slice(from, to)
  })
}

function copies(readings: Float64Array): Float64Array[] {
  return Array.from({ length: Math.ceil(readings.length / BATCH) }, (_, n) =>
    readings.slice(n * BATCH, (n + 1) * BATCH),
  )
}
