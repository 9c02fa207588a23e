import { setTimeout as delay } from 'node:timers/promises'
import { isIban } from '../strings-iban/iban.ts'

/** What a query or a request takes that somebody else works on. */
const LATENCY_MS = 5

/** An async check: nearly all of its time is waiting. */
export default async function isKnown(text: string): Promise<boolean> {
  await delay(LATENCY_MS)
  return isIban(text)
}
