/** A bare thread: compiles the schema, says so, and counts the stretch it is told to. */
import { parentPort } from 'node:worker_threads'
import { countRange } from './count-range.ts'
import type { Range } from './count-range.ts'
import { compileSchema } from './schema.ts'

const isValid = compileSchema()
parentPort?.on('message', ({ path, range }: { path: string; range: Range }) => {
  parentPort?.postMessage(countRange(path, range, isValid))
})
parentPort?.postMessage('ready')
