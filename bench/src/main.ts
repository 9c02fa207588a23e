/**
 * `npm run bench [-- <case>…] [--rounds 11] [--quick] [--report] [--records N] [--threads N] [--results FOLDER]`
 *
 * Each side of a case runs in fresh processes, sides taking turns, and is validated before it is timed; sides are
 * compared round by round. A case's samples are kept when it ends, and RESULTS.md is made anew from the newest ones of
 * every case, so cases can be run one by one, and a run that is killed loses only the case it was at.
 *
 * Exit code 1 says that a side gave a wrong answer or broke. A target that was missed is printed and is no error: a slow
 * machine, or a busy one, is none either.
 */
import { loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { resultFolders } from './bench-folder.ts'
import type { BenchCase } from './bench-case.ts'
import { CASES, findCase } from './cases.ts'
import { alignedTable } from './formats.ts'
import { writeReport } from './report/write-report.ts'
import { missingSides, runRounds } from './rounds.ts'
import type { RoundsOptions } from './rounds.ts'
import { describeMachine, keepSamples, newestSamples } from './samples.ts'
import type { Samples } from './samples.ts'
import { caseTables } from './tables.ts'
import { targetCells, targetRows } from './targets.ts'

const ROUNDS = 11
/** Enough to see that every side works, and for nothing else. */
const QUICK = { rounds: 2, iterations: 1, share: 50 }

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string' },
    quick: { type: 'boolean', default: false },
    report: { type: 'boolean', default: false },
    records: { type: 'string' },
    threads: { type: 'string' },
    results: { type: 'string' },
  },
})
const folders = resultFolders(values.quick, values.results)
const chosen = positionals.length === 0 ? CASES : positionals.map(findCase)

const broken = new Set<BenchCase>()
for (const [n, benchCase] of (values.report ? [] : chosen).entries()) {
  try {
    const samples = await measure(benchCase, `${n + 1}/${chosen.length} ${benchCase.name}`)
    printCase(benchCase, samples)
    console.log(`\nsamples: ${keepSamples(folders.samples, samples)}`)
  } catch (error) {
    // The others are measured all the same.
    console.error(error)
    broken.add(benchCase)
    process.exitCode = 1
  }
}
const sampled = newestSamples(folders.samples, CASES)
const results = writeReport(folders.results, sampled)
const asked = sampled.filter(({ benchCase }) => chosen.includes(benchCase) && !broken.has(benchCase))
console.log(`\n${alignedTable(targetCells(targetRows(asked)))}`)
console.log(`\nresults of all cases that have been measured: ${results}`)

async function measure(benchCase: BenchCase, progress: string): Promise<Samples> {
  const options = optionsFor(benchCase)
  const missing = missingSides(benchCase)
  await benchCase.prepare(options)
  const startedAt = performance.now()
  const loadBefore = loadavg()[0] ?? 0
  const takenAt = new Date().toISOString()
  const rounds = await runRounds(benchCase, options, missing, (round, side) => {
    const line = `${progress}: round ${round + 1} of ${options.rounds}, ${side}`
    process.stderr.write(process.stderr.isTTY ? `\r\u001B[K${line}` : `${line}\n`)
  })
  const seconds = Math.round((performance.now() - startedAt) / 1000)
  process.stderr.write(`${process.stderr.isTTY ? '\r\u001B[K' : ''}${progress}: ${seconds} s\n`)
  const { tasks, threads } = options
  const machine = describeMachine(loadBefore)
  return { benchCase: benchCase.name, takenAt, options: { tasks, threads }, machine, missing, rounds }
}

function optionsFor({ defaultTasks, quickTasks }: BenchCase): RoundsOptions {
  const { quick } = values
  const usual = quick ? (quickTasks ?? Math.ceil(defaultTasks / QUICK.share)) : defaultTasks
  return {
    tasks: wholeNumber('records', values.records) ?? usual,
    threads: wholeNumber('threads', values.threads) ?? describeMachine(0).cores,
    rounds: wholeNumber('rounds', values.rounds) ?? (quick ? QUICK.rounds : ROUNDS),
    iterations: quick ? QUICK.iterations : undefined,
  }
}

function printCase(benchCase: BenchCase, samples: Samples): void {
  const { tasks, threads } = samples.options
  console.log(`\n${benchCase.name}: ${benchCase.title}`)
  console.log(
    `${tasks.toLocaleString('en')} tasks, ${threads} threads, ${samples.rounds.length} rounds. ${benchCase.fairness}`,
  )
  for (const rows of caseTables({ benchCase, samples })) console.log(`\n${alignedTable(rows)}`)
  for (const [side, reason] of Object.entries(samples.missing)) console.log(`${side} was left out: ${reason}`)
}

function wholeNumber(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const value = Number(text)
  if (Number.isSafeInteger(value) && value > 0) return value
  throw new Error(`--${option} ${text}: give a whole number above 0`)
}
