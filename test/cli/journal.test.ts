/** `--journal`, `--resume`, `--redrive`, `--source-id`: what they promise, and what they refuse. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { BUSY, accountIn } from '../faults/testing/journaled-run.ts'
import { Workplace, numbers, watch } from './testing/fanfold.ts'
import type { Ended } from './testing/fanfold.ts'

const place = new Workplace()
afterAll(() => place.remove())
/** Of these, 4 are errored. */
place.ndjson('in.ndjson', numbers(300))
place.file('v.mjs', 'export default { verify: ({ n }) => n % 2 === 0 }\n')

function files(name: string): readonly string[] {
  return ['--journal', `${name}.journal`, '--out', `${name}.out`]
}

function busy(name: string, ...args: readonly string[]): Promise<Ended> {
  const verifier = args.includes('--with') ? [] : ['--with', BUSY]
  return place.fanfold('verify', 'in.ndjson', ...verifier, ...files(name), ...args)
}

/** Run to its end under this name, with these options beside. */
async function done(name: string, ...args: readonly string[]): Promise<Ended> {
  const ended = await busy(name, ...args)
  expect([ended.code, ended.stderr]).toEqual([3, expect.stringContaining('! partial: 296 of 300 records')])
  return ended
}

/** Killed when half of its records are verified; the others wait for the file `<name>.go`. */
async function killed(name: string, ...args: readonly string[]): Promise<readonly string[]> {
  const half = numbers(100, (n) => (n < 50 ? {} : { until: `${name}.go` }))
  place.ndjson(`${name}.ndjson`, half)
  const command = ['verify', `${name}.ndjson`, '--with', OBEDIENT_MJS, '--threads', '1', '--timeout', 'none']
  const child = place.start(...command, ...files(name), ...args)
  const { ended } = watch(child)
  await expect.poll(() => settledIn(`${name}.journal`), { timeout: 20_000 }).toBe(50)
  child.kill('SIGKILL')
  await ended
  place.file(`${name}.go`, '')
  return [...command, ...files(name), ...args]
}

const OBEDIENT_MJS = './waits.mjs'
place.file(
  'waits.mjs',
  `import { existsSync } from 'node:fs'
   import { setTimeout as delay } from 'node:timers/promises'
   export default {
     async verify({ until }) {
       while (until !== undefined && !existsSync(until)) await delay(5)
       return true
     },
   }\n`,
)

/** How many tasks the journal says are settled. */
function settledIn(journal: string): number {
  if (!existsSync(join(place.path, journal))) return 0
  const frames = place
    .read(journal)
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line.slice(9)) as { readonly frame: string; readonly ranges?: readonly number[] })
  return frames
    .flatMap(({ ranges = [] }) => ranges)
    .reduce((sum, border, at) => sum + (at % 2 === 0 ? -border : border), 0)
}

function snapshot(...names: readonly string[]): readonly string[] {
  return names.map((name) => readFileSync(join(place.path, name), 'latin1'))
}

describe('wrong usage is one line with a remedy, exit 2, and touches nothing', () => {
  place.file('other.json', '{}')
  place.ndjson('old.ndjson.1', numbers(3))
  const J = ['--journal', 'wrong.journal']
  test.each<[string, readonly string[], string]>([
    ['--resume without --journal', ['in.ndjson', '--resume'], '--resume is about a journal, and none is given. Add'],
    ['--redrive without --journal', ['in.ndjson', '--redrive'], '--redrive is about a journal'],
    ['--source-id without --journal', ['in.ndjson', '--source-id', 'x'], '--source-id is about a journal'],
    ['--out -', ['in.ndjson', ...J, '--out', '-'], 'Give --out a file'],
    ['--out to a device', ['in.ndjson', ...J, '--out', '/dev/full'], "--out '/dev/full' is no regular file"],
    ['--out to stdout by its name', ['in.ndjson', ...J, '--out', '/dev/stdout'], 'is no regular file'],
    ['stdin without --source-id', ['-', '--format', 'ndjson', ...J], 'Add --source-id TEXT'],
    ['--journal -', ['in.ndjson', '--journal', '-'], '--journal needs a file'],
    ['--journal to a device', ['in.ndjson', '--journal', '/dev/full'], 'it is no regular file'],
    ['the input as journal', ['in.ndjson', '--journal', 'in.ndjson'], "--journal 'in.ndjson' is a file that is read"],
    ['the verifier as journal', ['in.ndjson', '--journal', 'v.mjs'], "--journal 'v.mjs' is a file that is read"],
    [
      '--config as journal',
      ['in.ndjson', '--config', 'other.json', '--journal', 'other.json'],
      'is a file that is read',
    ],
    ['--out as journal', ['in.ndjson', ...J, '--out', './wrong.journal'], '--out and --journal are both'],
    [
      'the input where a complete journal is moved to',
      ['old.ndjson.1', '--format', 'ndjson', '--journal', 'old.ndjson'],
      'is a file that is read',
    ],
    [
      '--out where a complete journal is moved to',
      ['in.ndjson', ...J, '--out', 'wrong.journal.1'],
      "last copy are both 'wrong.journal.1'",
    ],
    [
      '--summary where the lock is',
      ['in.ndjson', ...J, '--summary', 'wrong.journal.lock'],
      "lock are both 'wrong.journal.lock'",
    ],
    [
      'the journal where a redrive writes',
      ['in.ndjson', '--journal', 'o.fanfold-redrive', '--out', 'o'],
      "copy are both 'o.fanfold-redrive'",
    ],
    ['--summary as journal', ['in.ndjson', ...J, '--summary', 'wrong.journal'], '--summary and --journal are both'],
    [
      'a journal in no folder',
      ['in.ndjson', '--journal', 'no/such.journal'],
      "--journal 'no/such.journal' cannot be written: there is no such folder. Make it first.",
    ],
    [
      'a journal in a file',
      ['in.ndjson', '--journal', 'v.mjs/such.journal'],
      "--journal 'v.mjs/such.journal' cannot be written: there is no such folder.",
    ],
    [
      'a folder as journal',
      ['in.ndjson', '--journal', '.'],
      "--journal '.' cannot be written: it is a folder. Give the path of a file.",
    ],
    ['--resume auto', ['in.ndjson', ...J, '--resume', 'auto'], 'Did you mean --resume=auto?'],
    ['--out in no folder', ['in.ndjson', ...J, '--out', 'no/such.out'], "--out 'no/such.out' cannot be written"],
    [
      'an unknown --resume',
      ['in.ndjson', ...J, '--resume=often'],
      "--resume is 'often'. Give --resume alone, or --resume=auto.",
    ],
    ['a foreign file as journal', ['in.ndjson', '--journal', 'waits.mjs', '--resume'], 'waits.mjs'],
  ])('%s', async (_, args, expected) => {
    const before = snapshot('in.ndjson', 'v.mjs', 'other.json', 'waits.mjs')
    const { code, stdout, stderr } = await place.fanfold('verify', '--with', './v.mjs', ...args)
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain(expected)
    expect(stderr).toMatch(/^fanfold: [^\n]+\n$/)
    expect(existsSync(join(place.path, 'wrong.journal'))).toBe(false)
    expect(snapshot('in.ndjson', 'v.mjs', 'other.json', 'waits.mjs')).toEqual(before)
  })
})

test('--resume does not take the next argument for its value', async () => {
  const { code, stderr } = await place.fanfold(
    'verify',
    '--with',
    './v.mjs',
    '--journal',
    'next.journal',
    '--resume',
    'in.ndjson',
  )
  expect([code, stderr]).toEqual([1, expect.stringContaining('✓ succeeded: 300 records')])
})

test('a journal that is there already is refused with what to say, and nothing is touched', async () => {
  await done('exists')
  const before = snapshot('exists.journal', 'exists.out')
  const { code, stderr } = await busy('exists')
  expect([code, stderr]).toEqual([2, expect.stringMatching(/exists already\. .*--resume.*--redrive.*\n$/)])
  expect(snapshot('exists.journal', 'exists.out')).toEqual(before)
})

test('a complete journal gives its report again: the summary, --summary and the exit code, and runs nothing', async () => {
  await done('complete', '--summary', 'complete.json')
  const [out] = snapshot('complete.out')
  rmSync(join(place.path, 'complete.out')) // not even looked for
  const { code, stderr } = await busy('complete', '--resume', '--summary', 'again.json')
  expect(code).toBe(3)
  expect(stderr).toContain('! partial: 296 of 300 records verified, none of them now\n')
  expect(stderr).toContain('\n  resumed     this run was complete: nothing was verified again\n')
  expect(stderr).not.toContain('complete.out: ')
  expect(accountIn(place, 'again.json')).toEqual(accountIn(place, 'complete.json'))
  expect(JSON.parse(place.read('again.json'))).toMatchObject({ resumed: 300 })
  expect(existsSync(join(place.path, 'complete.out'))).toBe(false)
  expect(out).not.toBe('')
})

test('--resume=auto goes on, and moves a complete journal away to begin anew', async () => {
  const command = await killed('auto')
  const first = await place.fanfold(...command, '--resume=auto')
  expect([first.code, first.stderr]).toEqual([0, expect.stringContaining('50 records settled before, 50 now\n')])
  expect(first.stderr).toMatch(
    /^✓ succeeded: 100 records verified, 50 of them now in [^,\n]+, [\d,.]+\/s on 1 thread\n/,
  )
  expect(place.lines('auto.out').map(({ index }) => index)).toEqual([...numbers(100).keys()])
  const [journal] = snapshot('auto.journal')
  const second = await place.fanfold(...command, '--resume=auto')
  expect([second.code, second.stderr]).toEqual([0, expect.not.stringContaining('resumed')])
  expect(snapshot('auto.journal.1')).toEqual([journal])
  expect(place.lines('auto.out')).toHaveLength(100)
  const none = await place.fanfold(
    ...command.map((arg) => arg.replace('auto.', 'none.').replace('none.ndjson', 'auto.ndjson')),
    '--resume=auto',
  )
  expect(none.code).toBe(0)
})

test('lines behind what the journal names are cut off, and the file is what is behind a symbolic link', async () => {
  place.file('real.out', 'left by somebody\n')
  symlinkSync('real.out', join(place.path, 'link.out'))
  const command = await killed('link')
  const whole = place.read('real.out')
  writeFileSync(join(place.path, 'real.out'), `${whole}${'{"index":77}\n'.repeat(1_000)}{"torn`)
  const { code, stderr } = await place.fanfold(...command, '--resume')
  expect([code, stderr]).toEqual([0, expect.stringContaining('link.out: 50 outcomes more\n')])
  expect(place.read('real.out').startsWith(whole)).toBe(true)
  expect(place.lines('real.out').map(({ index }) => index)).toEqual([...numbers(100).keys()])
})

test('an --out that has lost its end goes back to what is there; one that is gone is refused', async () => {
  const command = await killed('lost')
  truncateSync(join(place.path, 'lost.out'), 10)
  const before = snapshot('lost.journal', 'lost.out')
  const { code, stderr } = await place.fanfold(...command, '--resume')
  expect([code, stderr]).toEqual([2, expect.stringContaining("the output 'lost.out' is not the one that the journal")])
  expect(snapshot('lost.journal', 'lost.out')).toEqual(before)
})

describe('another run is refused with what differs', () => {
  const COMMON = ['--include', 'none', '--set', 'a=1']
  test.each<[string, readonly string[], string]>([
    ['--out', ['--out', 'elsewhere.out'], "--out was '"],
    ['--only', ['--only', 'fail,flag'], "--only was 'all' and is 'flag,fail'"],
    ['--include', ['--include', 'all'], "--include was 'none' and is 'all'"],
    ['--no-timings', ['--no-timings'], "--no-timings was 'no' and is 'yes'"],
    ['--id-field', ['--id-field', 'n'], "the source's id was not set and is 'n'"],
    ['--max-record', ['--max-record', '1mb'], "the source's maxRecordBytes was '16777216' and is '1048576'"],
    ['--format', ['--format', 'lines'], "the source's format was 'ndjson' and is 'lines'"],
    ['--order', ['--order', 'input'], "the order was 'arrival' and is 'input'"],
    ['the configuration', ['--set', 'a=2'], "the verifier's configuration has changed"],
    ['--source-id', ['--source-id', 'x'], "the source id was not given and is 'x'"],
    ['the verifier', ['--with', './v.mjs'], "the verifier '"],
  ])('%s', async (_, args, expected) => {
    if (!existsSync(join(place.path, 'differs.journal'))) await done('differs', ...COMMON)
    const before = snapshot('differs.journal', 'differs.out')
    const { code, stderr } = await busy('differs', ...COMMON, '--resume', ...args)
    expect([code, stderr]).toEqual([2, expect.stringContaining('is of another run: ')])
    expect(stderr).toContain(expected)
    expect(snapshot('differs.journal', 'differs.out')).toEqual(before)
    expect(existsSync(join(place.path, 'elsewhere.out'))).toBe(false)
  })

  test('the input', async () => {
    place.ndjson('grows.ndjson', numbers(10))
    const command = ['verify', 'grows.ndjson', '--with', './v.mjs', ...files('grows')]
    expect((await place.fanfold(...command)).code).toBe(1)
    place.ndjson('grows.ndjson', numbers(11))
    const { code, stderr } = await place.fanfold(...command, '--resume')
    expect([code, stderr]).toEqual([2, expect.stringMatching(/input 1 'grows\.ndjson' had 80 bytes and has 89\. /)])
  })
})

test('--redrive runs what was unsuccessful again with the mended verifier, and takes its old lines out', async () => {
  await done('redrive', '--include', 'none', '--no-timings')
  const mended = ['--set', 'mended=true', '--include', 'none', '--no-timings']
  const refused = await busy('redrive', '--resume', ...mended)
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('configuration has changed. Redrive')])
  const { code, stderr } = await busy('redrive', '--redrive', ...mended)
  expect([code, stderr]).toEqual([1, expect.stringContaining('resumed     296 records settled before, 4 now\n')])
  expect(stderr).toContain('✓ succeeded: 300 records verified, 4 of them now in ')
  await busy('fresh', ...mended)
  expect(place.lines('redrive.out')).toEqual(place.lines('fresh.out'))
  expect(existsSync(join(place.path, 'redrive.out.redrive'))).toBe(false)
})

test('after a night that exceeded --tolerate, --resume=auto stays failed, and the command that is shown mends it', async () => {
  place.ndjson(
    'night.ndjson',
    numbers(60, (n) => (n < 3 ? { broken: true } : {})),
  )
  place.file('night.mjs', 'export default ({ broken }) => { if (broken) throw new Error("broken"); return true }')
  const command = ['verify', 'night.ndjson', '--with', './night.mjs', '--threads', '1', ...files('night')]
  const nightly = [...command, '--tolerate', '1', '--resume=auto']
  const first = await place.fanfold(...nightly)
  expect([first.code, first.stderr]).toEqual([3, expect.stringContaining('✗ failed: ')])
  const second = await place.fanfold(...nightly)
  expect([second.code, second.stderr]).toEqual([3, expect.stringContaining('✗ failed: ')])
  expect(second.stderr).toMatch(/allows\. Mend what the first errors name and --redrive, or raise --tolerate\.\n$/)
  const next = /\n {2}next {8}(fanfold verify .* --tolerate 1 --redrive)\n/.exec(second.stderr)?.[1] ?? ''
  place.file('night.mjs', 'export default () => true')
  const mended = await place.shell(next)
  expect([mended.code, mended.stderr]).toEqual([0, expect.stringContaining('✓ succeeded: 60 records verified')])
  expect(place.lines('night.out').map(({ verdict }) => verdict)).toEqual(numbers(60).map(() => 'pass'))
})

test('after a run in which some records have no verdict, the command that is shown runs them again', async () => {
  place.ndjson(
    'some.ndjson',
    numbers(40, (n) => (n < 3 ? { broken: true } : {})),
  )
  place.file('some.mjs', 'export default ({ broken }) => { if (broken) throw new Error("broken"); return true }')
  const command = ['verify', 'some.ndjson', '--with', './some.mjs', '--threads', '1', ...files('some')]
  const first = await place.fanfold(...command)
  expect([first.code, first.stderr]).toEqual([3, expect.stringContaining('! partial: ')])
  const next = /\n {2}next {8}(fanfold verify .* --redrive)\n/.exec(first.stderr)?.[1] ?? ''
  place.file('some.mjs', 'export default () => true')
  const mended = await place.shell(next)
  expect([mended.code, mended.stderr]).toEqual([0, expect.stringContaining('✓ succeeded: 40 records verified')])
  expect(mended.stderr).not.toMatch(/\n {2}next /)
})

test('--limit may be raised: what it has let through is not run again', async () => {
  const first = await busy('limit', '--limit', '100')
  expect(first.stderr).toContain('the first 100 records')
  const { stderr } = await busy('limit', '--limit', '200', '--resume')
  expect(stderr).toContain('resumed     100 records settled before, 100 now\n')
  const lower = await busy('limit', '--limit', '50', '--resume')
  expect(lower.stderr).toContain(' records verified, none of them now\n')
  expect(lower.stderr).toContain('resumed     200 records settled before; nothing was verified now\n')
  expect(lower.stderr).not.toContain('limit.out: ')
  expect(place.lines('limit.out').map(({ index }) => index)).toEqual([...numbers(200).keys()])
})

test('stdin is known by its --source-id', async () => {
  const command = ['verify', '-', '--format', 'ndjson', '--with', './v.mjs', ...files('stdin')]
  const input = place.read('in.ndjson')
  const first = await place.fed(input, ...command, '--source-id', 'monday', '--limit', '100')
  expect(first.code).toBe(1)
  const other = await place.fed(input, ...command, '--source-id', 'tuesday', '--resume')
  expect([other.code, other.stderr]).toEqual([
    2,
    expect.stringContaining("the source id was 'monday' and is 'tuesday'"),
  ])
  const { stderr } = await place.fed(input, ...command, '--source-id', 'monday', '--resume')
  expect(stderr).toContain('resumed     100 records settled before, 200 now\n')
  expect(place.lines('stdin.out').map(({ index }) => index)).toEqual([...numbers(300).keys()])
})

test('the command that goes on is called as this one was, and says that stdin has to be piped in again', async () => {
  place.file('throws.mjs', 'export default () => { throw new Error("broken") }')
  const options = '--format ndjson --with ./throws.mjs --tolerate 0 --journal piped.journal --source-id x'
  const { code, stderr } = await place.shell(
    `cat in.ndjson | npm_command=exec npm_config_user_agent=npm/11.6.0 fanfold verify - ${options}`,
  )
  expect([code, stderr]).toEqual([
    3,
    expect.stringContaining(
      `\n  next        npx fanfold verify - ${options} --redrive\n              with the same records piped in again, from their start\n`,
    ),
  ])
})

test('an input that breaks at its very beginning leaves no journal, so that it can be mended', async () => {
  const command = ['verify', 'header.csv', '--with', './v.mjs', ...files('header')]
  place.file('header.csv', 'a,a\n1,2\n')
  const first = await place.fanfold(...command)
  expect([first.code, first.stderr]).toEqual([2, expect.stringMatching(/^fanfold: .*\n$/)])
  expect(existsSync(join(place.path, 'header.journal'))).toBe(false)
  place.file('header.csv', 'n,a\n1,2\n')
  expect((await place.fanfold(...command)).stderr).toContain('✓ succeeded: 1 record')
})

test('of two processes with one journal, one is refused', async () => {
  place.ndjson(
    'two.ndjson',
    numbers(10, () => ({ until: 'two.go' })),
  )
  const command = ['verify', 'two.ndjson', '--with', OBEDIENT_MJS, ...files('two')]
  const child = place.start(...command)
  const { ended } = watch(child)
  await place.appeared('two.journal')
  const second = await place.fanfold(...command, '--resume')
  expect([second.code, second.stderr]).toEqual([2, expect.stringContaining(`is in use: process ${child.pid} on `)])
  place.file('two.go', '')
  expect((await ended).code).toBe(0)
  expect(place.lines('two.out')).toHaveLength(10)
})

describe('what cannot be written any more halts the run with one clear line, exit 3, and it can go on', () => {
  /** Files may not become larger than that many KiB. */
  const limited = (kib: number, args: string): Promise<Ended> =>
    place.shell(`ulimit -f ${kib}; fanfold verify in.ndjson --with '${BUSY}' ${args}`)

  test('--out', async () => {
    const args = '--journal full.journal --out full.out --include all'
    const { code, stderr } = await limited(16, args)
    expect(code).toBe(3)
    expect(stderr).toMatch(/^✗ failed: /)
    expect(stderr).toMatch(
      /\nfanfold: the outcomes cannot be written to 'full\.out': EFBIG: .*\. What is journaled is kept; free the space, and go on with --resume\.\n$/,
    )
    expect(stderr).toMatch(/\n {2}next {8}fanfold verify in\.ndjson .* --resume\n/)
    expect(existsSync(join(place.path, 'full.journal.lock'))).toBe(false)
    const again = await busy('full', '--include', 'all', '--resume')
    expect(again.stderr).toContain('! partial: 296 of 300 records')
    expect(place.lines('full.out').map(({ index }) => index)).toEqual([...numbers(300).keys()])
  })

  test('the journal', async () => {
    await done('small', '--order', 'input')
    // With room for its header, and for no more than a frame or two.
    const { code, stderr } = await limited(1, '--journal tiny.journal --order input')
    expect(code).toBe(3)
    expect(stderr).toMatch(/\nfanfold: the journal '.*tiny\.journal' cannot be written: EFBIG: .*\n$/)
    expect(stderr.match(/\nfanfold: /g)).toHaveLength(1)
  })
})

test.skipIf(process.getuid?.() === 0)('a folder that may not be written to is exit 2', async () => {
  mkdirSync(join(place.path, 'locked'))
  chmodSync(join(place.path, 'locked'), 0o500)
  const { code, stderr } = await place.fanfold(
    'verify',
    'in.ndjson',
    '--with',
    './v.mjs',
    '--journal',
    'locked/journal',
  )
  expect([code, stderr]).toEqual([2, expect.stringContaining('this user may not write there. Give another path')])
})
