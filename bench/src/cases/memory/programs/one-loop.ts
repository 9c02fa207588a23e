/** `one-loop <tasks>`: prints the counts and the process's peak memory. */
import { sumCounts } from '../../../planted.ts'
import { blocks, countBlock } from '../records.ts'
import { printPeak } from './print-peak.ts'

let counts = { pass: 0, fail: 0 }
for (const block of blocks(Number(process.argv[2]))) counts = sumCounts([counts, countBlock(block)])
printPeak(counts)
