/** `fanfold estimate`, and `fanfold verify --estimate`, from the command line. Never a time: counts and shapes. */
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { afterAll, describe, expect, onTestFinished, test } from 'vitest'
import { OBEDIENT, Workplace, numbers, watch } from './testing/fanfold.ts'
import type { Ended } from './testing/fanfold.ts'

const place = new Workplace()
afterAll(() => place.remove())

/** What is read of it here. */
interface Estimate {
  readonly fanfold: string
  readonly version: number
  readonly input: { readonly tasks?: number; readonly tasksFrom?: string; readonly format: string }
  readonly sample: { readonly tasks: number; readonly bytes: number; readonly isWhole: boolean }
  readonly rounds: number
  readonly isWaiting: boolean
  readonly loop: { readonly tasksPerSecond: number; readonly concurrency: number }
  readonly threads: readonly { readonly threads: number; readonly efficiency: number }[]
  readonly activities?: Readonly<Record<string, number>>
  readonly predicted?: { readonly tasks: number; readonly threads: number }
  readonly conclusion: string
  readonly concurrencies: readonly { readonly concurrency?: number }[]
  readonly warnings: readonly string[]
  readonly measurements: readonly {
    readonly size: string
    readonly side: { readonly kind: string; readonly threads?: number; readonly shardSize?: number }
    readonly tasks: number
    readonly completed: number
  }[]
}

const read = (name: string): Estimate => JSON.parse(place.read(name)) as Estimate

/** As short as can be: one round. */
const QUICK = ['--budget', '1ms', '--threads', '1', '--progress', 'none']

/** `estimate` with the obedient verifier. */
async function estimate(...args: readonly string[]): Promise<Ended> {
  return place.fanfold('estimate', '--with', OBEDIENT, ...args)
}

describe('a sample of records', () => {
  test.each([
    ['ndjson', 'small.ndjson', place.ndjson('small.ndjson', numbers(103))],
    ['csv', 'small.csv', place.file('small.csv', `n,"a ""b"""\r\n${'1,"x\ny"\r\n'.repeat(103)}`)],
    ['lines', 'small.txt', place.file('small.txt', '{"n":1}\n'.repeat(102) + '{"n":1}')],
  ])('of %s is measured whole and in part, on each side', async (format, input) => {
    const { code, stderr } = await estimate(input, ...QUICK, '--json', `${format}.json`)
    expect(code, stderr).toBe(0)
    const made = read(`${format}.json`)
    expect(made).toMatchObject({ fanfold: 'estimate', version: 1, rounds: 1, isWaiting: false, conclusion: 'short' })
    expect(made.input).toMatchObject({ format, tasks: 103, tasksFrom: 'count' })
    expect(made.sample).toMatchObject({ tasks: 103, isWhole: true })
    // Whether other shard sizes are tried depends on what a record takes.
    const sides = made.measurements.filter(({ side }) => side.shardSize === undefined)
    expect(sides.map(({ side, size, tasks, completed }) => [side.kind, size, tasks, completed])).toEqual([
      ['loop', 'whole', 103, 103],
      ['loop', 'small', 26, 26],
      ['run', 'whole', 103, 103],
      ['run', 'small', 26, 26],
    ])
    expect(stderr).toMatch(/^\? too little time to conclude: only 1 round fitted/)
  })

  test('is the head of the inputs, whose records are counted by its bytes', async () => {
    place.ndjson(
      'a.ndjson',
      Array.from({ length: 50 }, () => ({ n: 1 })),
    )
    place.ndjson(
      'b.ndjson',
      Array.from({ length: 150 }, () => ({ n: 1 })),
    )
    const { code, stderr } = await estimate('?.ndjson', ...QUICK, '--sample', '40', '--json', 'head.json')
    expect(code, stderr).toBe(0)
    expect(read('head.json')).toMatchObject({
      input: { tasks: 200, tasksFrom: 'bytes' },
      sample: { tasks: 40, bytes: 320, isWhole: false },
      predicted: { tasks: 200, threads: 1 },
    })
    expect(stderr).toContain('\n  sample      the first 40 of about 200 records, ')
  })

  test('from stdin says nothing of the whole, unless that is told', async () => {
    const input = '{"n":1}\n'.repeat(100)
    const args = ['estimate', '-', '--format', 'ndjson', '--with', OBEDIENT, ...QUICK, '--sample', '20', '--json']
    const unknown = await place.fed(input, ...args, 'stdin.json')
    expect(unknown.code, unknown.stderr).toBe(0)
    expect(read('stdin.json').predicted).toBeUndefined()
    expect(unknown.stderr).toContain(
      '\n  predicted   nothing: how many records there are is not known. Say it with --tasks.\n',
    )
    const told = await place.fed(input, ...args, 'told.json', '--tasks', '5000')
    expect(told.code).toBe(0)
    expect(read('told.json')).toMatchObject({ input: { tasks: 5000, tasksFrom: 'option' }, predicted: { tasks: 5000 } })
  })
})

test('with the time for it, it comes to a conclusion, and says where the time goes', async () => {
  place.file(
    'work.mjs',
    'export default ({ n }) => { let x = n; for (let i = 0; i < 2e5; i++) x = (x * 31 + i) % 1009; return x >= 0 }',
  )
  place.ndjson('work.ndjson', numbers(300))
  const args = ['work.ndjson', '--with', './work.mjs', '--threads', '2,1', '--budget', '20s', '--sample', '200']
  const { code, stderr } = await place.fanfold('estimate', ...args, '--json', 'work.json')
  expect(code, stderr).toBe(0)
  const made = read('work.json')
  expect(made.rounds).toBeGreaterThanOrEqual(3)
  expect(['pays', 'even', 'loses', 'noisy']).toContain(made.conclusion)
  expect(made.threads.map(({ threads }) => threads)).toEqual([1, 2])
  const { verify = 0, ...others } = made.activities ?? {}
  expect(verify).toBeGreaterThan(Object.values(others).reduce((sum, us) => sum + us, 0))
  expect(stderr).toMatch(/\n {2}verify +━{12} +\d\d\.\d%/)
  expect(stderr).toMatch(/\n {2}model +\d+\.\d% off for a round it has not seen/)
}, 180_000)

test('for a verifier that waits, several records at once are tried', async () => {
  place.file('waits.mjs', 'export default () => new Promise((resolve) => setTimeout(() => resolve(true), 5))')
  place.ndjson('waits.ndjson', numbers(64))
  const args = ['waits.ndjson', '--with', './waits.mjs', ...QUICK]
  const { code, stderr } = await place.fanfold('estimate', ...args, '--json', 'waits.json')
  expect(code, stderr).toBe(0)
  const made = read('waits.json')
  expect(made.isWaiting).toBe(true)
  expect(made.concurrencies.map(({ concurrency }) => concurrency)).toEqual([undefined, 4, 16])
  expect(made.loop.concurrency).toBeGreaterThan(1)
  const fixed = await place.fanfold('estimate', ...args, '--concurrency', '3', '--json', 'fixed.json')
  expect(fixed.code, fixed.stderr).toBe(0)
  expect(read('fixed.json')).toMatchObject({
    concurrencies: [],
    loop: { concurrency: 3 },
    settings: { concurrency: 3 },
  })
})

test('of a verifier that fails everything nothing is concluded: the first error is told, exit 2', async () => {
  place.ndjson(
    'throws.ndjson',
    numbers(30, () => ({ do: 'throw' })),
  )
  const { code, stdout, stderr } = await estimate('throws.ndjson', ...QUICK, '--json', 'throws.json')
  expect(stderr).toMatch(/^fanfold: nothing to measure: every record fails: E_ASKED: as asked\. Mend that first/)
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(existsSync(`${place.path}/throws.json`)).toBe(false)
})

test('nor of one that uses limits, which a plain loop does not know', async () => {
  place.file('limited.mjs', "export default (record, { limit }) => limit('crm', () => true)")
  const input = place.ndjson('limited.ndjson', numbers(10))
  const { code, stderr } = await place.fanfold('estimate', '--with', './limited.mjs', input, ...QUICK)
  expect(stderr).toMatch(/^fanfold: nothing to measure: every record fails: FANFOLD_LIMIT_UNKNOWN: /)
  expect(stderr).toContain('A verifier that uses limits cannot be estimated: the plain loop that it is compared with')
  expect(code).toBe(2)
})

test('--json - is the only thing on stdout, and nothing is left in the folder for temporary files', async () => {
  const left = (): readonly string[] => readdirSync(tmpdir()).filter((name) => name.startsWith('fanfold-estimate-'))
  place.file('prints.mjs', 'export default () => { console.log("printed"); console.error("printed"); return true }')
  place.ndjson('prints.ndjson', numbers(30))
  const before = left()
  const args = ['prints.ndjson', '--with', './prints.mjs', ...QUICK, '--json', '-', '--progress', 'none']
  const { code, stdout, stderr } = await place.fanfold('estimate', ...args)
  expect(code, stderr).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({ fanfold: 'estimate', sample: { tasks: 30 } })
  expect(stderr).not.toContain('printed')
  expect(left().filter((name) => !before.includes(name))).toEqual([])
})

describe('nothing is measured, and the exit is 2', () => {
  place.ndjson('ok.ndjson', numbers(3))
  place.file('empty.ndjson', '\n\n')
  place.file('no-verifier.mjs', 'export const verify = 1')
  place.file('traces.mjs', "import { writeFileSync } from 'node:fs'\nexport default () => writeFileSync('trace', '')")
  place.file('exits.mjs', 'export default () => process.exit(9)')
  test.each<[what: string, args: string[], message: RegExp]>([
    ['without a verifier', ['ok.ndjson'], /no verifier is given/],
    ['without an input', ['--with', OBEDIENT], /no input is given/],
    ['of a file that is not there', ['none.ndjson', '--with', OBEDIENT], /cannot be read: there is no such file/],
    ['of an input without records', ['empty.ndjson', '--with', OBEDIENT], /have no records/],
    ['with a verifier that is none', ['ok.ndjson', '--with', './no-verifier.mjs'], /no verifier as its default export/],
    ['with a verifier that is not there', ['ok.ndjson', '--with', './nowhere.mjs'], /there is no verifier module/],
    ['with one that ends its process', ['ok.ndjson', '--with', './exits.mjs', ...QUICK], /the process .* died/],
    [
      'for no list of threads',
      ['ok.ndjson', '--with', OBEDIENT, '--threads', '1,x'],
      /--threads is '1,x'\. Give whole/,
    ],
    ['for zero threads', ['ok.ndjson', '--with', OBEDIENT, '--threads', '0'], /--threads is '0'/],
    ['over the input', ['ok.ndjson', '--with', OBEDIENT, '--json', 'ok.ndjson'], /would be written over/],
    [
      'into a folder that is not there',
      ['ok.ndjson', '--with', './traces.mjs', '--json', 'no/e.json'],
      /no such folder/,
    ],
    ['with an option of verify', ['ok.ndjson', '--with', OBEDIENT, '--out', 'x'], /See fanfold estimate --help/],
  ])('%s', async (_, args, message) => {
    const { code, stdout, stderr } = await place.fanfold('estimate', ...args)
    expect(stderr).toMatch(message)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(existsSync(`${place.path}/trace`)).toBe(false)
  })
})

test.each(['SIGINT', 'SIGTERM'] as const)(
  '%s ends it at once, also while it waits for a pipe that nobody writes',
  async (name) => {
    const pipe = `${name}.ndjson`
    execFileSync('mkfifo', [`${place.path}/${pipe}`])
    const child = place.start('estimate', pipe, '--with', OBEDIENT, '--progress', 'json')
    onTestFinished(() => void child.kill('SIGKILL'))
    const { ended, said } = watch(child)
    await said('a first look')
    child.kill(name)
    const { signal, stderr } = await ended
    expect(signal).toBe(name)
    expect(stderr).toContain(`fanfold: interrupted by ${name}: nothing is estimated, nothing was written.\n`)
  },
)

test('whole files are refused, for the first few of them do not stand for the rest', async () => {
  const { code, stderr } = await place.fanfold('estimate', 'x.png', '--with', OBEDIENT, '--format', 'files')
  expect(code).toBe(2)
  expect(stderr).toContain('Give ndjson, csv or lines.')
})

test('Ctrl-C ends it at once, leaves no process behind, and writes nothing', async () => {
  place.file(
    'slow.mjs',
    `import { appendFileSync } from 'node:fs'
export default () => { appendFileSync('slow.pids', process.pid + '\\n'); for (const to = Date.now() + 60_000; Date.now() < to;); }`,
  )
  place.ndjson('slow.ndjson', numbers(3))
  const child = place.start('estimate', 'slow.ndjson', '--with', './slow.mjs', '--json', 'slow.json')
  const { ended } = watch(child)
  await place.appeared('slow.pids')
  child.kill('SIGINT')
  const { signal, stderr } = await ended
  expect(signal).toBe('SIGINT')
  expect(stderr).toContain('fanfold: interrupted by SIGINT: nothing is estimated, nothing was written.\n')
  expect(existsSync(`${place.path}/slow.json`)).toBe(false)
  const pid = Number(place.read('slow.pids').trim())
  await expect.poll(() => isAlive(pid)).toBe(false)
})

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

test('why records have no verdict is told', async () => {
  place.file(
    'throws.mjs',
    "export default ({ n }) => { if (n > 0) throw new TypeError('no such\\nstreet'); return true }",
  )
  place.file('some.mjs', "export default ({ n }) => { if (n === 7) throw new RangeError('seven'); return true }")
  const input = place.ndjson('failing.ndjson', numbers(1_000))
  const all = await place.fanfold('estimate', '--with', './throws.mjs', input, ...QUICK)
  expect(all.stderr).toMatch(/100% of the sample have no verdict: .*; the first error: TypeError: no such street\n/)
  const one = await place.fanfold('estimate', '--with', './some.mjs', input, ...QUICK)
  expect(one.stderr).toMatch(
    /warning +some records of the sample have no verdict; the first error: RangeError: seven\n/,
  )
})

describe('verify --estimate', () => {
  place.file('judge.mjs', 'export default ({ n }) => n >= 0')
  place.ndjson('judged.ndjson', numbers(120))
  const verify = (...args: readonly string[]): Promise<Ended> =>
    place.fanfold('verify', 'judged.ndjson', ...(args.includes('--with') ? [] : ['--with', './judge.mjs']), ...args)
  const estimated = place.fanfold(
    'estimate',
    'judged.ndjson',
    '--with',
    './judge.mjs',
    ...QUICK,
    '--json',
    'judge.json',
  )

  test('tells the predicted time beside the actual one, and writes both', async () => {
    expect((await estimated).code).toBe(0)
    const { code, stderr } = await verify('--estimate', 'judge.json', '--threads', '1', '--summary', 'judged.json')
    expect(code, stderr).toBe(0)
    expect(stderr).toMatch(/\n {2}predicted +\S.*, actual \S+ m?s\n/)
    const report = JSON.parse(place.read('judged.json')) as { elapsedMs: number; estimate: Record<string, number> }
    const { predicted } = JSON.parse(place.read('judge.json')) as { predicted: { runMs: Record<string, number> } }
    const { low, mid, high } = predicted.runMs
    expect(report.estimate).toEqual({
      tasks: 120,
      predictedMs: mid,
      lowMs: low,
      highMs: high,
      actualMs: report.elapsedMs,
    })
  })

  test('for fewer records, or another number of threads, has the model say it', async () => {
    await estimated
    const { stderr } = await verify(
      '--estimate',
      'judge.json',
      '--limit',
      '40',
      '--threads',
      '2',
      '--summary',
      'few.json',
    )
    expect(stderr).toMatch(/\n {2}predicted /)
    expect(JSON.parse(place.read('few.json'))).toMatchObject({ total: 40, estimate: { tasks: 40 } })
  })

  test('refuses what is no estimate, and one of another run', async () => {
    await estimated
    const made = JSON.parse(place.read('judge.json')) as Record<string, unknown>
    const put = (name: string, changes: object): string => place.file(name, JSON.stringify({ ...made, ...changes }))
    place.file('other.mjs', 'export default () => true')
    const broken = { model: { startMs: 'x' } }
    const refused: readonly [args: string[], message: RegExp][] = [
      [['--estimate', 'nowhere.json'], /--estimate 'nowhere\.json' cannot be read/],
      [['--estimate', place.file('text.json', 'no json')], /it is not valid JSON/],
      [['--estimate', place.file('null.json', 'null')], /it is some other JSON/],
      [['--estimate', put('future.json', { version: 7 })], /it has version 7, and this is 1/],
      [['--estimate', put('broken.json', broken)], /model\.startMs is missing or of another kind/],
      [['--estimate', put('gone.json', { spread: [] })], /spread is missing/],
      [['--estimate', 'judge.json', '--set', 'a=1'], /configuration has changed since/],
      [['--estimate', 'judge.json', '--format', 'lines'], /its input is ndjson, and this one is lines/],
      [
        ['--estimate', 'judge.json', '--pool', 'processes'],
        /it was made with --pool threads\. Give --pool threads here too, or leave --estimate out\./,
      ],
      [
        ['--estimate', put('waits.json', { isWaiting: true, settings: { pool: 'threads', concurrency: 8 } })],
        /it was made with --concurrency 8\. Give --concurrency 8 here too, or leave --estimate out\./,
      ],
      [
        ['--estimate', put('one.json', { isWaiting: true }), '--concurrency', '8'],
        /it was made without --concurrency\. Leave --concurrency out, or run fanfold estimate again with it\./,
      ],
      [['--estimate', 'judge.json', '--with', './other.mjs'], /another verifier or has changed since/],
      [['--estimate', 'judge.json', '--summary', 'judge.json'], /is a file that is read/],
    ]
    for (const [args, message] of refused) {
      const { code, stderr } = await verify(...args)
      expect(stderr).toMatch(message)
      expect(code).toBe(2)
    }
  })
})

test('--shard-size is how many records a thread gets at once', async () => {
  place.ndjson('sharded.ndjson', numbers(70))
  // It is replaced between shards only: after 14 records each time, where no shard waits behind another.
  const args = [
    '--threads',
    '1',
    '--pool',
    'processes',
    '--recycle-after',
    '10',
    '--shard-size',
    '7',
    '--out',
    'sharded.out',
  ]
  const { code, stderr } = await place.verify('sharded.ndjson', ...args, '--summary', 'sharded.json')
  expect(code, stderr).toBe(0)
  expect(place.lines('sharded.out').map(({ index }) => index)).toEqual(numbers(70).map(({ n }) => n))
  const report = JSON.parse(place.read('sharded.json')) as { total: number; threadsReplaced: number }
  expect(report.total).toBe(70)
  // Once more at the end, if it comes to that; of the size that Fanfold chooses, twice at most.
  expect(report.threadsReplaced).toBeGreaterThanOrEqual(4)
})
