import type { Counts } from '../../bench-case.ts'
import { isPlanted } from '../../planted.ts'

/** Records of a block, a multiple of what is between two planted ones; a block is about 900 KB. */
export const BLOCK_RECORDS = 10_000

export interface Payment {
  readonly id: number
  readonly amount: number
  readonly currency: string
  readonly reference: string
}

/** A cheap rule. */
export function isPayment({ amount, currency, reference }: Payment): boolean {
  return amount > 0 && currency.length === 3 && reference.startsWith('INV-')
}

/** NDJSON of `BLOCK_RECORDS` records; the same each time, so that reading a stream of them costs next to nothing. */
function makeBlock(): Uint8Array<ArrayBuffer> {
  const lines = Array.from({ length: BLOCK_RECORDS }, (_, n) =>
    JSON.stringify({
      id: 1_000_000 + n,
      amount: isPlanted(n) ? -1 : 12.5 + (n % 1000),
      currency: n % 3 === 0 ? 'EUR' : 'USD',
      reference: `INV-2026-${n}`,
    } satisfies Payment),
  )
  return new TextEncoder().encode(`${lines.join('\n')}\n`)
}

/** As many blocks as make up `tasks` records, each a copy of its own, as a network or a pipe gives them. */
export function* blocks(tasks: number): Generator<Uint8Array<ArrayBuffer>> {
  const block = makeBlock()
  for (let made = 0; made < tasks; made += BLOCK_RECORDS) yield block.slice()
}

/** Counts a block's records in one loop. */
export function countBlock(block: Uint8Array): Counts {
  let pass = 0
  let fail = 0
  for (const line of new TextDecoder().decode(block).split('\n')) {
    if (line === '') continue
    // The blocks are made above.
    if (isPayment(JSON.parse(line) as Payment)) pass++
    else fail++
  }
  return { pass, fail }
}
