/** Validates the records of stdin, and prints the counts: what GNU parallel starts. */
import { readSync } from 'node:fs'
import { compileSchema } from './schema.ts'

const LF = 10
const block = Buffer.allocUnsafe(1 << 20)
const isValid = compileSchema()
let pass = 0
let fail = 0
let held = 0
for (;;) {
  const read = readSync(0, block, held, block.length - held, null)
  if (read === 0) break
  const end = block.lastIndexOf(LF, held + read - 1) + 1
  const text = block.toString('utf8', 0, end)
  for (let start = 0; start < text.length;) {
    const stop = text.indexOf('\n', start)
    if (isValid(JSON.parse(text.slice(start, stop)))) pass++
    else fail++
    start = stop + 1
  }
  // The record that is not complete yet.
  block.copyWithin(0, end, held + read)
  held = held + read - end
}
console.log(JSON.stringify({ pass, fail }))
