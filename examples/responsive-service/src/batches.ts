import { createWriteStream } from 'node:fs'
import { once } from 'node:events'
import { finished } from 'node:stream/promises'
import { ndjson } from '@fanfold/core'
import type { Engine, Run } from '@fanfold/core'

/** Something for an engine to do, without end: it is cancelled when there are enough measurements. */
export interface EndlessBatch {
  readonly name: string
  start(engine: Engine): Run
}

/** A file of records, read over and over. */
export function recordsBatch(file: string): EndlessBatch {
  return {
    name: 'records',
    start: (engine) =>
      engine.run(new URL('./verify-record.ts', import.meta.url), ndjson(Array.from({ length: 1_000 }, () => file))),
  }
}

export const keysBatch: EndlessBatch = {
  name: 'keys',
  start: (engine) => engine.run(new URL('./verify-key.ts', import.meta.url), countUp()),
}

function* countUp(): Generator<number> {
  for (let n = 0; ; n++) yield n
}

/** Writes about 20 MB of records. */
export async function writeRecords(path: string): Promise<void> {
  const file = createWriteStream(path)
  for (let block = 0; block < 20; block++) {
    let lines = ''
    for (let n = 0; n < 4_000; n++) {
      const amounts = Array.from({ length: 40 }, (_, i) => ((n * 7 + i * 13) % 97) + 1)
      const sum = amounts.reduce((total, amount) => total + amount, 0)
      lines += `${JSON.stringify({ id: `r-${block}-${n}`, note: 'x'.repeat(80), amounts, sum })}\n`
    }
    if (!file.write(lines)) await once(file, 'drain')
  }
  file.end()
  await finished(file)
}
