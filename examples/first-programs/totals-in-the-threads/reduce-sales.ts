import { defineReducer } from '@fanfold/workers'
import type { Sale } from './verify-sale.ts'

export interface Total {
  sales: number
  cents: number
}

/** By region; sales that are not valid do not count. */
export default defineReducer<Sale, never, Map<string, Total>>({
  init: () => new Map(),
  step(totals, { item, verdict }) {
    if (verdict === 'pass') add(totals, item.region, { sales: 1, cents: item.cents })
    return totals
  },
  combine(left, right) {
    for (const [region, total] of right) add(left, region, total)
    return left
  },
})

function add(totals: Map<string, Total>, region: string, { sales, cents }: Total): void {
  const total = totals.get(region) ?? { sales: 0, cents: 0 }
  total.sales += sales
  total.cents += cents
  totals.set(region, total)
}
