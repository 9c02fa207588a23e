/** Verifies sales and adds them up by region, both in the threads: one total comes back, and no outcome. */
import { Engine, reducerAt, verifierAt } from '@fanfold/core'
import type { Sale } from './verify-sale.ts'

const SALES = 300_000
const REGIONS = ['north', 'east', 'south', 'west']

function* sales(): Generator<Sale> {
  for (let n = 0; n < SALES; n++) yield { region: REGIONS[n % REGIONS.length]!, cents: n % 1_000 }
}

const engine = new Engine()
try {
  const verifier = verifierAt<typeof import('./verify-sale.ts')>(new URL('./verify-sale.ts', import.meta.url))
  const reducer = reducerAt<typeof import('./reduce-sales.ts')>(new URL('./reduce-sales.ts', import.meta.url))
  const { value, report } = await engine.run(verifier, sales()).reduce(reducer)
  for (const region of REGIONS) {
    const { sales, cents } = value.get(region) ?? { sales: 0, cents: 0 }
    console.log(`${region}: ${sales} sales, ${(cents / 100).toFixed(2)}`)
  }
  console.log(`${report.verdicts.pass} pass, ${report.verdicts.fail} without an amount`)
} finally {
  await engine.close()
}
