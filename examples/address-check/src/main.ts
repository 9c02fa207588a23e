import { existsSync } from 'node:fs'
import { relative } from 'node:path'
import { parseArgs } from 'node:util'
import { ensureDatabases } from './build-databases.ts'
import { differences, expectedCounts, foundCounts } from './expected-counts.ts'
import { writeMailing } from './export.ts'
import { checkFannedOut } from './fanned-out.ts'
import { mailing } from './mailing/mailing.ts'
import { checkInPlainLoop, type Round } from './plain-loop.ts'
import { flaggedTable } from './presentation/flagged-table.ts'
import { countsTable, seconds, styled, timesTable, whole } from './presentation/summary.ts'
import type { Config } from './verify-address.ts'

const RECORDS = 2_000
const FLAGGED_SHOWN = 12

/** The example from beginning to end. Resolves to the process's exit code. */
async function main(): Promise<number> {
  const records = recordsWanted()
  if (records === undefined) return 2
  const databaseUrl = process.env['DATABASE_URL'] ?? ''
  const config: Config = { databaseUrl }
  const width = process.stdout.columns ?? 120

  const customers = databaseUrl === '' ? 'customers (LMDB)' : 'customers (Postgres, from DATABASE_URL)'
  print(styled('bold', `Checking ${whole(records)} real US addresses`))
  print(`against a postal reference (SQLite), ${customers} and a do-not-mail list (DuckDB over Parquet)`)
  const start = performance.now()
  const built = await ensureDatabases({ databaseUrl })
  if (built.files || built.postgres)
    print(`databases built in ${seconds(performance.now() - start)}; they are kept for the next time`)
  const file = writeMailing(records)

  // Twice each: the first time Node still compiles the code, in every thread anew, and that is half of a run this short.
  const loop = await checkInPlainLoop(file, config, 2)
  const threads = await checkFannedOut(file, config, 2)
  const [first] = threads
  if (first === undefined) throw new Error('There was no run.')
  const [titles = '', oneByOne = '', fannedOut = '', ratio = ''] = timesTable(loop, threads, width)
  print('')
  print(styled('dim', titles))
  print(oneByOne)
  print(fannedOut)
  print(styled('bold', ratio))
  print(
    styled(
      'dim',
      'Databases are open before the clock starts. In the first run Node compiles the code, once a thread.',
    ),
  )

  const found = foundCounts(first.judgements)
  print('')
  countsTable(found, width).forEach(print)
  printFlagged(first, width)
  printNextSteps(file)
  return reportDifferences([...differences(expectedCounts(records), found), ...disagreements([...loop, ...threads])])
}

function printFlagged(round: Round, width: number): void {
  const [titles = '', ...rows] = flaggedTable(round.judgements, mailing, FLAGGED_SHOWN, width)
  print('')
  print(styled('bold', 'The first flagged addresses'))
  print(styled('dim', titles))
  rows.forEach(print)
}

function printNextSteps(file: string): void {
  const here = (path: string): string => relative(process.cwd(), path) || '.'
  print('')
  print(styled('bold', 'The same from the command line'))
  print(
    `  npx fanfold verify ${here(file)} --with ${here(`${import.meta.dirname}/verify-address.ts`)} --out flagged.ndjson --only flag,fail`,
  )
  const readme = `${import.meta.dirname}/../README.md`
  if (existsSync(readme)) print(`What the reasons mean, and what was planted: ${here(readme)}`)
}

/** Neither fanning out nor a second run may change a single verdict. */
function disagreements(rounds: readonly Round[]): string[] {
  const texts = new Set(rounds.map((round) => JSON.stringify(round.judgements)))
  return texts.size === 1 ? [] : ['the loop and the threads do not agree about every address']
}

function reportDifferences(lines: readonly string[]): number {
  if (lines.length === 0) return 0
  process.stderr.write(`\nThe result is not the expected one:\n${lines.map((line) => `  ${line}\n`).join('')}`)
  return 1
}

function recordsWanted(): number | undefined {
  try {
    const { values } = parseArgs({ options: { records: { type: 'string', default: String(RECORDS) } } })
    const records = Number(values.records)
    if (Number.isInteger(records) && records >= 1 && records <= mailing.length) return records
    process.stderr.write(`--records is a whole number from 1 to ${mailing.length}, not ${values.records}.\n`)
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\nThe only option is --records N.\n`)
  }
  return undefined
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

// A reader that has seen enough (`npm start | head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit()
})

process.exitCode = await main()
