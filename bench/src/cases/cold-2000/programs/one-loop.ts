/** `one-loop <file>`: what a person writes first. Prints the counts. */
import { readFileSync } from 'node:fs'
import { countLines } from './count-lines.ts'

const lines = readFileSync(process.argv[2] ?? '', 'utf8').split('\n')
console.log(JSON.stringify(countLines(lines)))
