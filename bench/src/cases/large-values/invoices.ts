import type { Counts } from '../../bench-case.ts'
import { isPlanted } from '../../planted.ts'

/** Lines of an invoice, so that it has about 10 KB as JSON. */
const LINES = 100

export interface Invoice {
  readonly number: string
  readonly lines: readonly {
    readonly sku: string
    readonly count: number
    readonly price: number
    readonly text: string
  }[]
  readonly total: number
}

/** What a verifier finds out about the order of that number: the value of its outcome. */
export function makeInvoice(n: number): Invoice {
  const lines = Array.from({ length: LINES }, (_, line) => ({
    sku: `SKU-${n}-${line}`,
    count: 1 + ((n + line) % 9),
    price: 100 + ((n * 7 + line) % 900),
    text: `article ${line} of the order that has the number ${n}`,
  }))
  const total = lines.reduce((sum, { count, price }) => sum + count * price, 0)
  return { number: `INV-${n}`, lines, total: isPlanted(n) ? total + 1 : total }
}

/** What the consumer does with it: it reads all lines. */
export function addsUp({ lines, total }: Invoice): boolean {
  let sum = 0
  for (const { count, price } of lines) sum += count * price
  return sum === total
}

export function countInvoices(invoices: readonly Invoice[]): Counts {
  let pass = 0
  for (const invoice of invoices) if (addsUp(invoice)) pass++
  return { pass, fail: invoices.length - pass }
}
