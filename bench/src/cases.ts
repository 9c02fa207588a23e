import type { BenchCase } from './bench-case.ts'
import { ndjsonJsonSchema } from './cases/ndjson-json-schema/case.ts'
import { overhead } from './cases/overhead/case.ts'
import { speedUpCpu, speedUpNdjson } from './cases/speed-up/cases.ts'
import { stringsIban } from './cases/strings-iban/case.ts'

export const CASES: readonly BenchCase[] = [ndjsonJsonSchema, stringsIban, overhead, speedUpNdjson, speedUpCpu]

/** @throws when there is none of this name; the message lists them. */
export function findCase(name: string): BenchCase {
  const found = CASES.find((benchCase) => benchCase.name === name)
  if (found !== undefined) return found
  throw new Error(`there is no case called ${name}. Cases: ${CASES.map(({ name }) => name).join(', ')}`)
}
