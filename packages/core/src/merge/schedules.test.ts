import type { PartDetails, PartTally } from '@fanfold/workers/protocol'
import { expect, test } from 'vitest'
import type { Merge, Merged, Unmerged } from '../coordinator/testing/merge.ts'
import { describeFailure, trySchedules } from '../coordinator/testing/property.ts'
import type { Order } from '../options.ts'
import type { Shard } from '../sources/shard.ts'
import { OutcomeBatch } from './batch.ts'
import { InputOrder } from './input-order.ts'

const SEED = Number(process.env['FANFOLD_SEED'] ?? Math.floor(Math.random() * 1e9))
const NO_TALLY: PartTally = { statuses: [], verdicts: [], reasons: {}, buckets: [], slowest: [] }

/** The real batches and the real window, fed by what the simulated lanes settle. */
class RealMerge implements Merge {
  readonly #order: InputOrder | undefined

  constructor(order: Order) {
    this.#order = order === 'input' ? new InputOrder() : undefined
  }

  add(outcomes: Unmerged): readonly Merged[] {
    const { accepted } = outcomes
    const whole = batchOf(outcomes)
    const counted = accepted === undefined ? whole : whole.select(accepted)
    return this.#order?.add(counted) ?? [counted]
  }
}

function batchOf({ shard, tasks, settled, positions, attempts, valueBytes }: Unmerged): OutcomeBatch {
  const columns = {
    positions,
    statuses: Uint8Array.from(settled, ({ status }) => status),
    verdicts: new Uint8Array(settled.length),
    durations: new Float32Array(settled.length),
    details: valueBytes === 0 ? undefined : detailsOf(settled, valueBytes),
    ids: undefined,
    tally: NO_TALLY,
    unsuccessful: [],
  }
  // The merge asks a shard for nothing but its size.
  return OutcomeBatch.ofPart(shard, { tasks } as Shard, columns, { attempts, retries: 0 }, valueBytes)
}

function detailsOf(settled: Unmerged['settled'], bytes: number): PartDetails {
  let end = 0
  return {
    ordinals: Uint32Array.from(settled, (_, at) => at),
    reasonIds: new Uint32Array(settled.length),
    reasons: [],
    ends: Uint32Array.from(settled, ({ valueBytes }) => (end += valueBytes)),
    bytes: new Uint8Array(bytes),
  }
}

test(
  'under random schedules the real merge delivers in the order of the source, and gives every byte back',
  { timeout: 300_000 },
  () => {
    const play = { makeMerge: (order: Order) => new RealMerge(order) }
    const { failure } = trySchedules({ seed: SEED, schedules: 2000, checkedEvery: 10, play })
    expect(failure === undefined ? '' : describeFailure(failure)).toBe('')
  },
)
