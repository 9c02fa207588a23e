/** `fanfold <tasks> <threads>`: reads every verdict in batches. Prints the counts. */
import { Readable } from 'node:stream'
import { Engine, ndjson } from '@fanfold/core'
import { readBatches } from '../../../sides/fanfold-side.ts'
import { blocks } from '../records.ts'

const engine = new Engine({ threads: Number(process.argv[3]) })
try {
  const source = ndjson(Readable.from(blocks(Number(process.argv[2])), { objectMode: false }))
  const verifier = new URL('../verify-payment.ts', import.meta.url)
  console.log(JSON.stringify(await readBatches(engine.run(verifier, source))))
} finally {
  await engine.close()
}
