import { defineVerifier, fail, flag, pass } from '@fanfold/workers'

interface Order {
  readonly id: string
  readonly customer: string
  readonly lines: readonly { readonly sku: string; readonly price: number; readonly count: number }[]
  readonly total: number
}

/** An order's total has to be the sum of its lines; one without lines is for a person to look at. */
export default defineVerifier<Order>({
  verify({ customer, lines, total }) {
    if (customer === '') return fail([{ reason: 'no-customer', path: '/customer' }])
    if (lines.length === 0) return flag('empty-order')
    const sum = lines.reduce((sum, { price, count }) => sum + price * count, 0)
    return sum === total
      ? pass()
      : fail([{ reason: 'wrong-total', path: '/total', message: `the lines add up to ${sum}` }])
  },
})
