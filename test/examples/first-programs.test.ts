import { readFileSync } from 'node:fs'
import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { documentedCommand, runCommand, runDocumented } from './documented-command.ts'
import { startDocumented } from './running-program.ts'
import type { RunningProgram } from './running-program.ts'

const README = 'examples/first-programs/README.md'
const ORDERS = 'examples/first-programs/file-from-the-shell/orders.ndjson'

test('a file from the command line: an outcome for every record, and an exit code that says one is missing', async () => {
  const { code, stdout, stderr } = await runDocumented(README, 'A file from the command line')
  const outcomes = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { line: number; verdict?: string; status: string; reason?: string })
  const found = outcomes
    .toSorted((a, b) => a.line - b.line)
    .map(({ line, verdict, status, reason }) => [line, verdict ?? status, reason])
  expect(found).toEqual([
    [1, 'pass', undefined],
    [2, 'fail', 'wrong-total'],
    [3, 'fail', 'no-customer'],
    [4, 'flag', 'empty-order'],
    [6, 'errored', undefined],
    [7, 'pass', undefined],
  ])
  expect(stderr).toContain('5 of 6 records verified')
  expect(code).toBe(3)
})

test('a batch with a progress view: progress goes to stderr and ends at the total', async () => {
  const { code, stdout, stderr } = await runDocumented(README, 'A batch with a progress view')
  expect(stdout).toMatch(/^succeeded: 400 passwords in \d+\.\d s on \d+ threads\n396 right, 4 wrong\n$/)
  const shares = [...stderr.matchAll(/(\d+) %/g)].map(([, share]) => Number(share))
  expect(shares.length).toBeGreaterThan(2)
  expect(shares).toEqual(shares.toSorted((a, b) => a - b))
  expect(shares.at(-1)).toBe(100)
  expect(code).toBe(0)
})

test('flag and collect: findings by reason, with the suggestion of the verifier', async () => {
  const { code, stdout } = await runDocumented(README, 'Flag and collect')
  expect(stdout.split('\n')).toEqual([
    'misspelt-domain: Bob → bob@gmail.com, Eve → eve@hotmail.com',
    'phone-format: Cleo → 0301234567, Eve → 0309988',
    'unreachable: Dan',
    '1 pass, 3 to correct, 1 fail',
    '',
  ])
  expect(code).toBe(0)
})

test('totals, made in the threads: what one loop would have added up', async () => {
  const { code, stdout } = await runDocumented(README, 'Totals, made in the threads')
  expect(stdout.split('\n')).toEqual([
    'north: 74700 sales, 373500.00',
    'east: 75000 sales, 374250.00',
    'south: 75000 sales, 375000.00',
    'west: 75000 sales, 375750.00',
    '299700 pass, 300 without an amount',
    '',
  ])
  expect(code).toBe(0)
})

test('a database per thread: each thread opens and closes a connection of its own', async () => {
  const { code, stdout, stderr } = await runDocumented(README, 'A database per thread')
  const threads = Number(/^100000 payments on (\d+) threads$/m.exec(stdout)?.[1])
  expect(stdout).toContain('99401 pass, 500 flag, 99 fail')
  expect(stderr.match(/opened .*accounts\.sqlite/g)).toHaveLength(threads)
  expect(stderr.match(/closed/g)).toHaveLength(threads)
  expect(code).toBe(0)
})

/** What has come of each file. */
function byFile(stdout: string): (string | undefined)[][] {
  const outcomes = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { file: string; verdict?: string; status: string; reason?: string })
  const from = (file: string): string => file.slice(file.indexOf('delivery/') + 'delivery/'.length)
  return outcomes
    .map(({ file, verdict, status, reason }) => [from(file), verdict ?? status, reason])
    .toSorted(([a = ''], [b = '']) => (a < b ? -1 : 1))
}

test('checksums of files: what has changed fails, what the manifest does not name is flagged', async () => {
  const { code, stdout, stderr } = await runDocumented(README, 'Checksums of files')
  expect(byFile(stdout)).toEqual([
    ['invoice (final).txt', 'pass', undefined],
    ['order.txt', 'pass', undefined],
    ['scans/page-1.txt', 'pass', undefined],
    ['scans/page-2.txt', 'fail', 'changed'],
    ['scans/stray.txt', 'flag', 'not-in-manifest'],
  ])
  expect(stderr).toContain('5 files verified')
  expect(code).toBe(1)
})

test("checksums of a manifest's own list: what is missing is errored", async () => {
  const { code, stdout } = await runCommand(documentedCommand(README, 'Checksums of files', 1))
  expect(byFile(stdout)).toEqual([
    ['invoice (final).txt', 'pass', undefined],
    ['order.txt', 'pass', undefined],
    ['scans/page-1.txt', 'pass', undefined],
    ['scans/page-2.txt', 'fail', 'changed'],
    ['scans/page-3.txt', 'errored', undefined],
  ])
  expect(code).toBe(3)
})

describe('an endpoint for single orders', () => {
  let server: RunningProgram
  let url = ''

  beforeAll(async () => {
    server = startDocumented(README, 'An endpoint for single orders', { PORT: '0' })
    url = /http:\S+/.exec(await server.line(/listening on/))?.[0] ?? ''
  })
  afterAll(async () => {
    expect(await server.end()).toBe(0)
  })

  test('answers each of many requests with its own verdict', async () => {
    const line = { sku: 'a', price: 2, count: 3 }
    const answers = Array.from({ length: 200 }, async (_, n) => {
      const order = { id: String(n), customer: 'ada', lines: [line], total: n % 2 === 0 ? 6 : 7 }
      const response = await fetch(url, { method: 'POST', body: JSON.stringify(order) })
      return [response.status, ((await response.json()) as { verdict: string }).verdict]
    })
    const expected = Array.from({ length: 200 }, (_, n) => [200, n % 2 === 0 ? 'pass' : 'fail'])
    expect(await Promise.all(answers)).toEqual(expected)
  })

  test('says what is wrong with a request that is no order', async () => {
    const broken = await fetch(url, { method: 'POST', body: '{' })
    expect(broken.status).toBe(400)
    const empty = await fetch(url, { method: 'POST', body: '{"customer":"ada"}' })
    expect(empty.status).toBe(422)
  })
})

describe('an endpoint that verifies an upload', () => {
  let server: RunningProgram
  let url = ''

  beforeAll(async () => {
    server = startDocumented(README, 'An endpoint that verifies an upload', { PORT: '0' })
    url = /http:\S+/.exec(await server.line(/listening on/))?.[0] ?? ''
  })
  afterAll(async () => {
    expect(await server.end()).toBe(0)
  })

  test('answers with the account of what was uploaded', async () => {
    const response = await fetch(url, {
      method: 'POST',
      body: readFileSync(new URL(`../../${ORDERS}`, import.meta.url)),
    })
    expect(response.status).toBe(200)
    expect(await response.json()).toMatchObject({
      result: 'partial',
      total: 6,
      statuses: { completed: 5, errored: 1 },
      verdicts: { pass: 2, flag: 1, fail: 2 },
    })
  })

  test('verifies two uploads at once', async () => {
    const order = '{"id":"o","customer":"a","lines":[],"total":0}\n'
    const sizes = [20_000, 5]
    const responses = sizes.map(async (size) => (await fetch(url, { method: 'POST', body: order.repeat(size) })).json())
    expect(await Promise.all(responses)).toMatchObject(
      sizes.map((flag) => ({ result: 'succeeded', verdicts: { flag } })),
    )
  })

  test('cancels the run when the client goes away, and answers the next one', async () => {
    const upload = request(url, { method: 'POST' })
    upload.on('error', () => {}) // of its own doing
    upload.write('{"id":"o","customer":"a","lines":[],"total":0}\n')
    upload.once('socket', (socket) => socket.once('ready', () => setTimeout(() => upload.destroy(), 100)))
    await server.line(/^(aborted|failed): /)
    const next = await fetch(url, { method: 'POST', body: '{"id":"o","customer":"a","lines":[],"total":0}' })
    expect(await next.json()).toMatchObject({ result: 'succeeded', total: 1 })
  })
})
