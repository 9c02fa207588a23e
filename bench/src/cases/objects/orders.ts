import type { Counts } from '../../bench-case.ts'
import { isPlanted } from '../../planted.ts'
import { seededRandom } from '../../seeded-random.ts'

export interface Order {
  readonly id: number
  readonly customer: string
  readonly status: string
  readonly currency: string
  readonly net: number
  readonly tax: number
  readonly total: number
  readonly items: number
  readonly express: boolean
  readonly placedAt: string
}

const STATUSES = ['open', 'paid', 'shipped', 'returned'] as const
const CURRENCIES = ['EUR', 'USD', 'JPY', 'BRL'] as const

/** Orders whose total is the sum of its parts, except for the planted ones. */
export function makeOrders(count: number): Order[] {
  const random = seededRandom(10)
  return Array.from({ length: count }, (_, n) => {
    const net = Math.floor(random() * 1e6)
    const tax = Math.floor(net * 0.19)
    return {
      id: n,
      customer: `c-${Math.floor(random() * 1e6)}`,
      status: STATUSES[n % STATUSES.length]!,
      currency: CURRENCIES[n % CURRENCIES.length]!,
      net,
      tax,
      total: net + tax + (isPlanted(n) ? 1 : 0),
      items: 1 + Math.floor(random() * 20),
      express: random() < 0.1,
      placedAt: `2026-0${1 + Math.floor(random() * 9)}-1${Math.floor(random() * 10)}`,
    }
  })
}

/** A few rules: about 0.05 µs. */
export function isOrder({ customer, status, currency, net, tax, total, items, placedAt }: Order): boolean {
  if (!customer.startsWith('c-') || placedAt.length !== 10 || placedAt.charCodeAt(4) !== 45) return false
  if (status !== 'open' && status !== 'paid' && status !== 'shipped' && status !== 'returned') return false
  if (currency.length !== 3 || items < 1 || items > 1000) return false
  return net + tax === total
}

export function countOrders(orders: readonly Order[]): Counts {
  let pass = 0
  for (const order of orders) if (isOrder(order)) pass++
  return { pass, fail: orders.length - pass }
}
