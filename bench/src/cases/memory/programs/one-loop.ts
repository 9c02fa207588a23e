/** `one-loop <tasks>`: prints the counts. */
import { sumCounts } from '../../../planted.ts'
import { blocks, countBlock } from '../records.ts'

let counts = { pass: 0, fail: 0 }
for (const block of blocks(Number(process.argv[2]))) counts = sumCounts([counts, countBlock(block)])
console.log(JSON.stringify(counts))
