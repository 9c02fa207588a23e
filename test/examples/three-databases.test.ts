import { readFileSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { beforeAll, expect, test } from 'vitest'
import { documentedCommand, runCommand, runDocumented } from './documented-command.ts'
import type { Ended } from './documented-command.ts'

const README = 'examples/three-databases/README.md'
const data = fileURLToPath(new URL('../../examples/three-databases/.data', import.meta.url))

/** The rows of the tables that the program prints, by name: completed and errored in each. */
function rowsOf(stdout: string, name: string): number[][] {
  return [...stdout.matchAll(new RegExp(`^  ${name} +(\\d+) +(\\d+)$`, 'gm'))].map((row) => row.slice(1).map(Number))
}

test('600 checks end, whatever is down; a redrive runs what has no verdict, and then all have one', async () => {
  const { code, stdout } = await runDocumented(README, 'Run it')
  const errored = rowsOf(stdout, 'consent')[0]?.[1] ?? 0
  expect(errored).toBeGreaterThan(0)
  expect(errored).toBeLessThanOrEqual(140)
  const all = [200, 0]
  expect(rowsOf(stdout, 'crm')).toEqual([all, all])
  expect(rowsOf(stdout, 'postal')).toEqual([all, all])
  expect(rowsOf(stdout, 'consent')).toEqual([[200 - errored, errored], all])
  expect(rowsOf(stdout, '600 checks')).toEqual([
    [600 - errored, errored],
    [600, 0],
  ])
  expect(stdout).toContain(`${200 - errored} of 200 customers have a verdict, ${errored} have not\n`)
  expect(stdout).toMatch(
    /the one on line \d+: crm (pass|flag), consent errored \(the consent list is out of reach; 3 attempts\), postal (pass|flag)\n/,
  )
  expect(stdout).toContain(`All is in reach, and ${errored} customers are run again.`)
  expect(code).toBe(0)
}, 180_000)

interface Line {
  readonly index: number
  readonly checks: Readonly<Record<string, { readonly status: string; readonly attempts: number }>>
}

/** The nth command of the shell's section, in the folder into which the first of them goes. */
function shell(nth: number): Promise<Ended> {
  const [command, into] = [documentedCommand(README, 'From the shell', nth), 'cd examples/three-databases && ']
  return runCommand(nth === 0 ? command : `${into}${command}`)
}

function linesOfOutput(): Line[] {
  const lines = readFileSync(`${data}/outcomes.ndjson`, 'utf8').trim().split('\n')
  return lines.map((line) => JSON.parse(line) as Line).toSorted((a, b) => a.index - b.index)
}

function statusesOf(lines: readonly Line[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { checks } of lines)
    for (const [name, { status }] of Object.entries(checks))
      counts[`${name} ${status}`] = (counts[`${name} ${status}`] ?? 0) + 1
  return counts
}

beforeAll(() => {
  // Of an earlier time: a journal that is there is not begun anew.
  for (const name of ['journal', 'outcomes.ndjson']) rmSync(`${data}/${name}`, { force: true })
})

test('the same from the shell: a line for each customer with a status for each check, before and after', async () => {
  expect((await shell(0)).code).toBe(0)
  const down = await shell(1)
  expect(down.code).toBe(3)
  expect(down.stderr).toContain('\n  consent        0     0      200\n')
  const before = linesOfOutput()
  expect(before.map(({ index }) => index)).toEqual(Array.from({ length: 200 }, (_, index) => index))
  expect(statusesOf(before)).toEqual({ 'crm completed': 200, 'consent errored': 200, 'postal completed': 200 })
  expect(new Set(before.map(({ checks }) => checks['consent']?.attempts))).toEqual(new Set([3]))

  expect((await shell(2)).code).toBe(0)
  const up = await shell(3)
  expect(up.code).toBe(0)
  expect(up.stderr).toMatch(/^✓ succeeded: 200 records verified/m)
  // All of a customer's checks are made again, those with an answer, too.
  expect(up.stderr).toMatch(/^ {2}crm +200 calls, at most 20 at once/m)
  const after = linesOfOutput()
  expect(after.map(({ index }) => index)).toEqual(before.map(({ index }) => index))
  expect(statusesOf(after)).toEqual({ 'crm completed': 200, 'consent completed': 200, 'postal completed': 200 })
}, 180_000)
