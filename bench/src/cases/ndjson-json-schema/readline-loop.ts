import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import type { RunResult, Side } from '../../bench-case.ts'
import { customersFile } from './customers.ts'
import { compileSchema } from './schema.ts'

/** `readline`, `JSON.parse` and the schema in one loop: what most people write. */
export const readlineLoop: Side = {
  name: 'readline loop',
  async setup({ tasks }) {
    const path = await customersFile(tasks)
    const isValid = compileSchema()
    return { tasks, run: () => countLines(path, isValid), close: async () => {} }
  },
}

async function countLines(path: string, isValid: (record: unknown) => boolean): Promise<RunResult> {
  const startedAt = performance.now()
  const lines = createInterface({ input: createReadStream(path), crlfDelay: Infinity })
  let firstOutcomeMs = NaN
  let pass = 0
  let fail = 0
  // Listening is faster than `for await`, which costs a promise a line.
  lines.on('line', (line) => {
    if (isValid(JSON.parse(line))) pass++
    else fail++
    if (pass + fail === 1) firstOutcomeMs = performance.now() - startedAt
  })
  await new Promise((resolve) => {
    lines.once('close', resolve)
  })
  return { pass, fail, measures: { firstOutcomeMs } }
}
