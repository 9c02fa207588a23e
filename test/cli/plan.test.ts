/** `fanfold plan` from the command line. Never a time: names, counts and shapes. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import { OBEDIENT, Workplace, numbers, watch } from './testing/fanfold.ts'

const CHAIN = fileURLToPath(new URL('./verifiers/chain.ts', import.meta.url))
const WAITS = fileURLToPath(new URL('./verifiers/waiting-chain.ts', import.meta.url))
const place = new Workplace()
afterAll(() => place.remove())

place.ndjson('in.ndjson', numbers(40))
place.file('crm.mjs', 'export default ({ n }) => n % 3 !== 0\n')
place.file('billing.mjs', 'export default ({ n }) => n % 5 !== 0\n')

/** What is read of it here. */
interface Plan {
  readonly sample: { readonly records: number; readonly isCut: boolean; readonly unsuccessful: number }
  readonly threads: number
  readonly concurrency: number
  readonly steps: readonly { readonly name: string; readonly records: number; readonly meanMs: number }[]
  readonly perRecord: { readonly sequentialMs: number; readonly criticalMs: number; readonly cpuMs: number }
  readonly criticalPath: readonly string[]
  readonly predicted: { readonly ms: number; readonly bound: string }
  readonly actualMs: number
}

const read = (name: string): Plan => JSON.parse(place.read(name)) as Plan

test('each check is told with what it needs, what it is independent of, and for how many records it ran', async () => {
  const { code, stdout, stderr } = await place.fanfold('plan', CHAIN, 'in.ndjson', '--json', 'chain.json')
  expect([code, stdout], stderr).toEqual([0, ''])
  expect(stderr).toMatch(/^planned: 3 checks in 2 stages; fanned out, 40 records took /)
  expect(stderr).toContain('\n  stage 1     parse\n  stage 2     even | whole\n')
  // Four records end in 7, and fail at once.
  expect(stderr).toMatch(/\n {2}parse +– +– +40 +\S+ .s /)
  expect(stderr).toMatch(/\n {2}even +parse +whole +36 +\S+ .s /)
  expect(stderr).toMatch(/\n {2}predicted +\S+ .?s for 40 records on /)
  expect(stderr).toMatch(/ for 1,000 records\n {2}actual +\S+ .?s for 40 records\n/)
  expect(read('chain.json')).toMatchObject({
    fanfold: 'plan',
    version: 1,
    inputs: ['in.ndjson'],
    sample: { records: 40, isCut: false, unsuccessful: 0 },
    steps: [
      { name: 'parse', after: [], independentOf: [], records: 40 },
      { name: 'even', after: ['parse'], independentOf: ['whole'], records: 36 },
      { name: 'whole', after: ['parse'], independentOf: ['even'], records: 36 },
    ],
    stages: [['parse'], ['even', 'whole']],
  })
})

test('what waits is planned with many records at once, and its sum, critical path and prediction hang together', async () => {
  const { code, stderr } = await place.fanfold('plan', WAITS, 'in.ndjson', '--sample', '20', '--json', 'waits.json')
  expect(code, stderr).toBe(0)
  expect(stderr).toContain(', 50 at once;')
  const { concurrency, steps, perRecord, criticalPath, predicted, actualMs } = read('waits.json')
  expect(concurrency).toBe(50)
  // Timers are late, never early; by a millisecond at most.
  const [short, long, last] = steps.map(({ meanMs }) => meanMs)
  expect([short! >= 9, long! >= 39, last! >= 19]).toEqual([true, true, true])
  expect(perRecord.sequentialMs).toBeCloseTo(short! + long! + last!, 3)
  expect(perRecord.criticalMs).toBeLessThan(perRecord.sequentialMs)
  expect(perRecord.criticalMs).toBeGreaterThanOrEqual(long! + last! - 0.001)
  expect(criticalPath).toEqual(['long', 'last'])
  // Twenty at once, and no longer than one after the other.
  expect(predicted.ms).toBeLessThan(perRecord.sequentialMs * 20)
  expect(actualMs).toBeGreaterThanOrEqual(57)
})

test('what was said of records at once holds, and is not recommended', async () => {
  const args = ['--sample', '4', '--concurrency', '3', '--threads', '1', '--json', 'said.json']
  const { code, stderr } = await place.fanfold('plan', WAITS, 'in.ndjson', ...args)
  expect(code, stderr).toBe(0)
  expect(stderr).not.toContain('  set  ')
  expect(read('said.json')).toMatchObject({ threads: 1, concurrency: 3, sample: { records: 4 } })
})

test('several modules by name, and a chain, may be given by --with', async () => {
  const two = ['--with', 'crm=./crm.mjs', '--with', 'billing=./billing.mjs']
  const { code, stderr } = await place.fanfold('plan', 'in.ndjson', ...two)
  expect(code, stderr).toBe(0)
  expect(stderr).toContain('\n  stage 1     crm | billing\n')
  const chain = await place.fanfold('plan', 'in.ndjson', '--with', CHAIN)
  expect(chain.code, chain.stderr).toBe(0)
  expect(chain.stderr).toContain('\n  stage 2     even | whole\n')
})

test('the sample is what came to its end in the budget; the rest of the plan is of as many', async () => {
  const args = ['--budget', '1ms', '--json', '-', '--progress', 'json']
  place.file(
    'once.mjs',
    `import { appendFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
export default async ({ n }) => {
  appendFileSync('seen', n + ' ')
  await delay(20)
  return true
}
`,
  )
  const { code, stdout, stderr } = await place.fanfold('plan', 'in.ndjson', '--with', 'once=./once.mjs', ...args)
  expect(code, stderr).toBe(0)
  const { sample, steps } = JSON.parse(stdout) as Plan
  expect(sample).toMatchObject({ isCut: true })
  expect(sample.records).toBeLessThan(40)
  expect(steps[0]!.records).toBe(sample.records)
  expect(place.read('seen').split(' ')).not.toContain('39')
})

test('records without a verdict are told', async () => {
  const { code, stderr } = await place.fanfold('plan', 'bad.ndjson', '--with', `own=${OBEDIENT}`)
  expect([code, stderr]).toEqual([0, expect.stringContaining('warning     2 records of the sample had no verdict')])
})
place.ndjson('bad.ndjson', [{ do: 'throw' }, ...numbers(5), { do: 'throw' }])

const CALLS = `import { setTimeout as delay } from 'node:timers/promises'
export default async (record, { limit }) => {
  await limit('crm', () => delay(1))
  return true
}
`

test('a sample without a verdict is not concluded from: the first error is told, exit 2', async () => {
  place.file('calls.mjs', CALLS)
  place.file('free.mjs', 'export default () => true\n')
  const args = ['in.ndjson', '--with', 'calls=./calls.mjs', '--with', 'free=./free.mjs', '--json', 'none.json']
  const { code, stdout, stderr } = await place.fanfold('plan', ...args)
  expect(stderr).toContain('there is nothing to plan: 0 of 40 records have a verdict; the first error: ')
  expect(stderr).toContain("the engine has no limit 'crm'")
  expect(stderr).not.toContain('planned:')
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(existsSync(join(place.path, 'none.json'))).toBe(false)
})

test('the prediction knows no limits: none for 1,000 records, and what is set is named when it took much longer', async () => {
  place.file('calls.mjs', CALLS)
  const given = ['in.ndjson', '--with', 'calls=./calls.mjs', '--sample', '12', '--json', 'limited.json']
  // Of the first round the rate is not used up; of the last ones it is, and they take a second and more.
  const { code, stderr } = await place.fanfold('plan', ...given, '--limit-of', 'crm=6/2s', '--limit-of', 'other=5')
  expect(code, stderr).toBe(0)
  expect(stderr).not.toContain('for 1,000 records')
  expect(stderr).toContain(
    'took much longer than predicted: checks wait for the limits crm, other, which the prediction',
  )
  const written = JSON.parse(place.read('limited.json')) as object
  expect(written).toMatchObject({ limits: ['crm', 'other'] })
  expect(written).not.toHaveProperty('predictedPer1000')
})

describe('nothing is planned, and the exit is 2', () => {
  place.file('empty.ndjson', '\n\n')
  test.each<[what: string, args: readonly string[], message: string]>([
    ['without a chain', [], 'no chain is given. Write fanfold plan ./checks.ts sample.ndjson'],
    ['without a sample', [CHAIN], 'no sample is given. Name files of records behind the chain'],
    ['with the sample first', ['in.ndjson', CHAIN], "'in.ndjson' is no .ts or .js module. The chain comes first"],
    [
      'for one verifier',
      ['./crm.mjs', 'in.ndjson'],
      "'./crm.mjs' is one verifier and no chain: there is nothing to plan.",
    ],
    ['for a chain that is not there', ['./none.ts', 'in.ndjson'], 'there is no verifier module'],
    ['of a sample that is not there', [CHAIN, 'none.ndjson'], "'none.ndjson' cannot be read: there is no such file."],
    [
      'of stdin',
      [CHAIN, '-', '--format', 'ndjson'],
      'a plan reads its sample several times, and stdin can be read once.',
    ],
    ['of a sample without records', [CHAIN, 'empty.ndjson'], 'the inputs have no records.'],
    ['over the sample', [CHAIN, 'in.ndjson', '--json', 'in.ndjson'], 'would be written over'],
    ['over a module', ['in.ndjson', '--with', 'crm=./crm.mjs', '--json', 'crm.mjs'], 'would be written over'],
    ['with an option of verify', [CHAIN, 'in.ndjson', '--out', 'x'], 'See fanfold plan --help'],
  ])('%s', async (_, args, message) => {
    const { code, stdout, stderr } = await place.fanfold('plan', ...args)
    expect(stderr).toContain(message)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  })
})

test('a signal ends it, and nothing is written', async () => {
  place.file(
    'hangs.mjs',
    `import { writeFileSync } from 'node:fs'
export default ({ n }) => {
  if (n < 3) return true
  writeFileSync('begun', '')
  return new Promise(() => {})
}
`,
  )
  const endless = ['--timeout', 'none', '--budget', 'none']
  const args = ['in.ndjson', '--with', 'hangs=./hangs.mjs', ...endless, '--json', 'cut.json']
  const child = place.start('plan', ...args)
  const { ended } = watch(child)
  await place.appeared('begun')
  child.kill('SIGTERM')
  const { code, signal, stderr } = await ended
  expect({ code, signal }).toEqual({ code: null, signal: 'SIGTERM' })
  expect(stderr).toContain('interrupted by SIGTERM: nothing is planned, nothing was written.')
  expect(existsSync(join(place.path, 'cut.json'))).toBe(false)
})
