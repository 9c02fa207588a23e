import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ensureDatabases } from '../src/build-databases.ts'
import { checkPlace } from '../src/checks/place.ts'
import { checkStreet } from '../src/checks/street.ts'
import { databasePaths } from '../src/databases/paths.ts'
import { openPostalReference } from '../src/databases/postal-reference.ts'
import { expectedCounts, foundCounts } from '../src/expected-counts.ts'
import { writeMailing } from '../src/export.ts'
import { checkFannedOut } from '../src/fanned-out.ts'
import { reasonsOf, type Judgement } from '../src/judgement.ts'
import { defects, expectationAt, mailing, planted } from '../src/mailing/mailing.ts'
import { streetKey } from '../src/matching/normalise.ts'
import { checkInPlainLoop } from '../src/plain-loop.ts'
import { realAddresses } from '../src/real-addresses.ts'
import type { Config } from '../src/verify-address.ts'

let scratch: string
let folder: string
let file: string
let judgements: readonly Judgement[]

beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'address-check-'))
  folder = join(scratch, 'databases')
  await ensureDatabases({ folder })
  file = writeMailing(mailing.length, join(scratch, 'addresses.ndjson'))
  judgements = await checkOnce({ databases: folder, databaseUrl: '' })
}, 60_000)

afterAll(() => rmSync(scratch, { recursive: true, force: true }))

async function checkOnce(config: Config): Promise<readonly Judgement[]> {
  const [round] = await checkInPlainLoop(file, config, 1)
  return round?.judgements ?? []
}

function found(index: number) {
  const judgement = judgements[index]
  if (judgement === undefined) throw new Error(`No judgement for record ${index}.`)
  return { verdict: judgement.verdict, reasons: reasonsOf(judgement), ...judgement.advice }
}

describe('what the two real sources disagree about by themselves', () => {
  it('is 253 other city names, 21 missing cities, 35 missing house numbers and 2 far postcodes, and nothing else', () => {
    const reference = openPostalReference(databasePaths(folder).postalReference)
    const counts: Record<string, number> = {}
    const add = (what: string): void => void (counts[what] = (counts[what] ?? 0) + 1)
    for (const address of realAddresses) {
      const record = { customerId: '', name: '', ...address }
      const place = checkPlace(record, reference)
      const street = checkStreet(record, streetKey(record.street), place.postcode, reference)
      for (const { reason } of [...place.issues, ...street.issues]) add(reason)
      if (place.advice.postalCity !== undefined) add('another city name')
    }
    reference.close()
    expect(counts).toEqual({
      'another city name': 253,
      'missing-city': 21,
      'missing-house-number': 35,
      'too-far-from-postcode': 2,
    })
  })

  it('passes a local name of the same place, with the postal name as advice', () => {
    const index = mailing.findIndex(
      ({ city, postcode }, at) => city === 'Piedmont' && postcode.startsWith('946') && !planted.has(at),
    )
    expect(found(index)).toEqual({ verdict: 'pass', reasons: [], postalCity: 'Oakland' })
  })

  it('is all that is found in records without a planted defect', () => {
    const untouched = [...mailing.keys()].filter((index) => !planted.has(index))
    expect(untouched.map(found)).toEqual(untouched.map(expectationAt))
  })
})

describe('every planted defect is found in its record', () => {
  it.each(defects.map(({ kind, what }) => ({ kind, what })))('$kind: $what', ({ kind }) => {
    const places = [...planted].filter(([, defect]) => defect.kind === kind)
    expect(places.length).toBeGreaterThanOrEqual(12)
    for (const [index, { kind: _kind, ...expectation }] of places) {
      expect(found(index), `record ${index}: ${JSON.stringify(mailing[index])}`).toEqual(expectation)
    }
  })
})

describe('the counts', () => {
  it('of the 2,000 records of `npm start` are these', () => {
    expect(foundCounts(judgements.slice(0, 2_000))).toEqual(COUNTS_OF_2_000)
  })

  it('are as expected for any number of records', () => {
    for (const records of [1, 500, 2_000, mailing.length]) {
      expect(foundCounts(judgements.slice(0, records))).toEqual(expectedCounts(records))
    }
  })
})

describe('the databases', { timeout: 60_000 }, () => {
  it('are read by two bare threads at once, which find the same', async () => {
    const config = { databases: folder, databaseUrl: '' }
    const results = await Promise.all([checkOnce(config), checkOnce(config)])
    for (const result of results) expect(result).toEqual(judgements)
  })

  it('are read by all threads of an engine, which finds the same', async () => {
    const rounds = await checkFannedOut(file, { databases: folder, databaseUrl: '' }, 2)
    for (const round of rounds) expect(round.judgements).toEqual(judgements)
  })
})

/** Written down, so that a change of the sources, the planting or the checks shows. */
const COUNTS_OF_2_000 = {
  verdicts: { pass: 1_808, flag: 170, fail: 22 },
  reasons: {
    'address-not-on-file': 8,
    'city-not-of-postcode': 16,
    'do-not-mail': 16,
    'malformed-record': 7,
    'missing-city': 16,
    'missing-house-number': 30,
    moved: 8,
    'name-mismatch': 7,
    'possible-duplicate': 14,
    'probable-misspelling': 31,
    'state-mismatch': 15,
    'too-far-from-postcode': 18,
    undeliverable: 7,
    'unknown-customer': 15,
    'unknown-postcode': 8,
  },
}
