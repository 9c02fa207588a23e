/**
 * 200 customers are verified against three databases: one is slow, and one goes down while the run goes on. What has no
 * verdict then is run again when it is up.
 */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { Engine, assertSucceeded, ndjson } from '@fanfold/core'
import type { Outcome, Report } from '@fanfold/core'
import { build } from './build.ts'
import { consentIs, folder } from './databases.ts'

const GOES_DOWN_AFTER = 60
const checks = new URL('./checks.ts', import.meta.url)
const path = join(folder, 'main.journal')

const customers = await build()
rmSync(path, { force: true })
// What is known of each customer: an outcome replaces the one before.
const known = new Map<number, Outcome>()
// No more than 20 questions at once reach the slow database, however many customers are under way.
const engine = new Engine({ limits: { crm: { concurrency: 20 } } })
try {
  const first = engine.run(checks, ndjson(customers), { concurrency: 40, journal: { path } })
  for await (const outcome of first) {
    known.set(outcome.index, outcome)
    if (known.size === GOES_DOWN_AFTER) consentIs('down')
  }
  tell(`The run. The consent list is out of reach after the first ${GOES_DOWN_AFTER} customers.`, await first.report())
  tellOneErrored()

  consentIs('up')
  const again = engine.run(checks, ndjson(customers), { concurrency: 40, journal: { path, redrive: true } })
  for await (const outcome of again) known.set(outcome.index, outcome)
  const report = await again.report()
  tell(`The redrive. All is in reach, and ${report.total - (report.resumed ?? 0)} customers are run again.`, report)
  assertSucceeded(report)
} finally {
  consentIs('up')
  await engine.close()
}

/** What is known of the first customer without a verdict. */
function tellOneErrored(): void {
  const outcomes = [...known.values()].toSorted((a, b) => a.index - b.index)
  const { line, checks = {} } = outcomes.find(({ status }) => status === 'errored') ?? {}
  const ends = Object.entries(checks).map(([name, { verdict, status, error, attempts }]) =>
    error === undefined ? `${name} ${verdict ?? status}` : `${name} ${status} (${error.message}; ${attempts} attempts)`,
  )
  console.log(`  the one on line ${line}: ${ends.join(', ')}\n`)
}

function tell(title: string, { total, statuses, checks = {} }: Report): void {
  const rows = Object.entries(checks).map(([name, check]) => ({ name, ...check.statuses }))
  const { completed, errored } = statuses
  console.log(`${title}\n`)
  console.log(line('', 'completed', 'errored'))
  for (const row of rows) console.log(line(row.name, row.completed, row.errored))
  const all = Object.values(checks).flatMap((check) => Object.values(check.statuses))
  console.log(line(`${sum(all)} checks`, sum(rows.map((row) => row.completed)), sum(rows.map((row) => row.errored))))
  console.log(`\n  ${completed} of ${total} customers have a verdict, ${errored} have not\n`)
}

function line(name: string, ...counts: readonly (string | number)[]): string {
  return `  ${name.padEnd(12)}${counts.map((count) => String(count).padStart(10)).join('')}`
}

function sum(counts: readonly number[]): number {
  return counts.reduce((all, count) => all + count, 0)
}
