import type { BenchCase } from './bench-case.ts'
import { async5ms } from './cases/async-5ms/case.ts'
import { beforeLimitsNdjson, beforeLimitsStrings } from './cases/before-limits/case.ts'
import { chain } from './cases/chain/case.ts'
import { cold2000 } from './cases/cold-2000/case.ts'
import { consumers } from './cases/consumers/case.ts'
import { csvQuoted } from './cases/csv-quoted/case.ts'
import { firstOutcome } from './cases/first-outcome/case.ts'
import { headroom } from './cases/headroom/case.ts'
import { heavyTail } from './cases/heavy-tail/case.ts'
import { largeValues } from './cases/large-values/case.ts'
import { limitsAdaptive, limitsChanges } from './cases/limits/adaptive.ts'
import { limitsPermit, limitsRate } from './cases/limits/case.ts'
import { memory } from './cases/memory/case.ts'
import { ndjsonJsonSchema } from './cases/ndjson-json-schema/case.ts'
import { numbers } from './cases/numbers/case.ts'
import { objects } from './cases/objects/case.ts'
import { out } from './cases/out/case.ts'
import { overhead } from './cases/overhead/case.ts'
import { prefetch } from './cases/prefetch/case.ts'
import { requestsBesideBatch, requestsInFlight, requestsOneAtATime } from './cases/requests/case.ts'
import { sha256Files } from './cases/sha256-files/case.ts'
import { signaturesEd25519, signaturesEs256 } from './cases/signatures/case.ts'
import { speedUpCpu, speedUpNdjson } from './cases/speed-up/cases.ts'
import { stringsIban } from './cases/strings-iban/case.ts'

export const CASES: readonly BenchCase[] = [
  ndjsonJsonSchema,
  stringsIban,
  objects,
  numbers,
  csvQuoted,
  signaturesEd25519,
  signaturesEs256,
  sha256Files,
  heavyTail,
  async5ms,
  largeValues,
  requestsInFlight,
  requestsOneAtATime,
  requestsBesideBatch,
  limitsPermit,
  limitsAdaptive,
  limitsChanges,
  limitsRate,
  beforeLimitsNdjson,
  beforeLimitsStrings,
  prefetch,
  chain,
  cold2000,
  consumers,
  out,
  firstOutcome,
  memory,
  headroom,
  overhead,
  speedUpNdjson,
  speedUpCpu,
]

/** @throws when there is none of this name; the message lists them. */
export function findCase(name: string): BenchCase {
  const found = CASES.find((benchCase) => benchCase.name === name)
  if (found !== undefined) return found
  throw new Error(`there is no case called ${name}. Cases: ${CASES.map(({ name }) => name).join(', ')}`)
}
