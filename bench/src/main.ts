/**
 * `npm run bench [-- <case>…] [--rounds 5] [--records N] [--threads N]`
 *
 * Each side of a case runs in fresh processes, sides taking turns, and is validated before it is timed; speeds are
 * compared round by round. Exit code 1 says that a side gave a wrong answer or broke. A target that was missed is
 * printed and is no error: a slow machine, or a busy one, is none either.
 */
import { writeFileSync } from 'node:fs'
import { availableParallelism, cpus, loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { benchFile } from './bench-folder.ts'
import type { BenchCase, CaseOptions } from './bench-case.ts'
import { CASES, findCase } from './cases.ts'
import { runRounds } from './rounds.ts'
import { resultTable } from './table.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '5' },
    records: { type: 'string' },
    threads: { type: 'string', default: String(availableParallelism()) },
  },
})
const rounds = wholeNumber('rounds', values.rounds)
const threads = wholeNumber('threads', values.threads)
const chosen = positionals.length === 0 ? CASES : positionals.map(findCase)

console.log(`node ${process.version}, ${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} cores`)
for (const benchCase of chosen) {
  const tasks = values.records === undefined ? benchCase.defaultTasks : wholeNumber('records', values.records)
  await runCase(benchCase, { tasks, threads })
}

async function runCase(benchCase: BenchCase, options: CaseOptions): Promise<void> {
  const { name, title, fairness } = benchCase
  console.log(`\n${name}: ${title}`)
  console.log(
    `${options.tasks.toLocaleString('en')} tasks, ${options.threads} threads, ${rounds} rounds. ${fairness}\n`,
  )
  await benchCase.prepare(options)
  const load = loadavg()[0]
  const measured = await runRounds(benchCase, options, rounds, (round, side) => {
    if (process.stderr.isTTY) process.stderr.write(`\r\x1b[Kround ${round + 1} of ${rounds}: ${side}`)
  })
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K')
  console.log(resultTable(benchCase, measured))
  const raw = benchFile(`samples-${name}-${new Date().toISOString().replaceAll(':', '')}.json`)
  const machine = { node: process.version, cpu: cpus()[0]?.model, cores: availableParallelism(), load }
  writeFileSync(raw, `${JSON.stringify({ name, options, machine, rounds: measured }, undefined, 2)}\n`)
  console.log(`raw samples: ${raw}`)
}

function wholeNumber(option: string, text: string): number {
  const value = Number(text)
  if (Number.isSafeInteger(value) && value > 0) return value
  throw new Error(`--${option} ${text}: give a whole number above 0`)
}
