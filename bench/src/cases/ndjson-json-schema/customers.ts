import { createWriteStream, existsSync, renameSync } from 'node:fs'
import { once } from 'node:events'
import { finished } from 'node:stream/promises'
import type { Counts } from '../../bench-case.ts'
import { benchFile } from '../../bench-folder.ts'
import { seededRandom } from '../../seeded-random.ts'

/** Every record whose number ends so breaks one rule of the schema. */
const INVALID_EVERY = 50
const LINES_PER_WRITE = 4096

/** What `records` of these records come to. */
export function expectedCounts(records: number): Counts {
  const fail = Math.floor(records / INVALID_EVERY)
  return { pass: records - fail, fail }
}

/** The path of a file with that many records, of about 235 bytes each; written when it is not there yet. */
export async function customersFile(records: number): Promise<string> {
  const path = benchFile(`customers-${records}.ndjson`)
  if (!existsSync(path)) await writeCustomers(path, records)
  return path
}

export async function writeCustomers(path: string, records: number): Promise<void> {
  const random = seededRandom(235)
  const unfinished = `${path}.part`
  const file = createWriteStream(unfinished, { highWaterMark: 1 << 20 })
  for (let from = 0; from < records; from += LINES_PER_WRITE) {
    let lines = ''
    for (let n = from; n < Math.min(records, from + LINES_PER_WRITE); n++)
      lines += `${JSON.stringify(customer(n, random))}\n`
    if (!file.write(lines)) await once(file, 'drain')
  }
  file.end()
  await finished(file)
  renameSync(unfinished, path)
}

const TAGS = ['newsletter', 'wholesale', 'returns', 'press', 'beta'] as const
const COUNTRIES = ['DE', 'FR', 'US', 'JP', 'BR', 'IN'] as const

function customer(n: number, random: () => number): Record<string, unknown> {
  const record: Record<string, unknown> = {
    id: `c-${String(n).padStart(9, '0')}`,
    name: `Customer ${Math.floor(random() * 1e6)}`,
    email: `user${Math.floor(random() * 1e6)}@example.com`,
    age: 18 + Math.floor(random() * 70),
    country: COUNTRIES[Math.floor(random() * COUNTRIES.length)],
    active: random() < 0.7,
    since: `20${String(10 + Math.floor(random() * 15))}-0${1 + Math.floor(random() * 9)}-1${Math.floor(random() * 10)}`,
    balance: Math.floor(random() * 1e7) / 100,
    tags: TAGS.filter(() => random() < 0.4),
    address: {
      street: `${1 + Math.floor(random() * 300)} Main Street`,
      zip: String(10000 + Math.floor(random() * 9e4)),
    },
  }
  if (n % INVALID_EVERY === INVALID_EVERY - 1) breakRule(record, n)
  return record
}

function breakRule(record: Record<string, unknown>, n: number): void {
  switch (Math.floor(n / INVALID_EVERY) % 4) {
    case 0:
      record['age'] = -1
      break
    case 1:
      record['email'] = 'nobody'
      break
    case 2:
      delete record['name']
      break
    default:
      record['tags'] = ['no such tag']
  }
}
