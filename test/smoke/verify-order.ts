import { defineVerifier, fail, flag, pass } from '@fanfold/workers'

interface Order {
  readonly id: string
  readonly total: number
}

/** Takes every road that a task can take: the three verdicts, an error, and a loop without end. */
export default defineVerifier<Order, { limit: number }, { limit: number }, number>({
  setup: ({ config }) => ({ limit: config.limit }),
  verify({ id, total }, { state }) {
    if (id === 'throws') throw new RangeError('as asked')
    while (id === 'spins');
    if (total < 0) return fail('negative-total')
    return total > state.limit ? flag('above-limit', total) : pass()
  },
})
