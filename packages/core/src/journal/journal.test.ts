import { execFile, execFileSync } from 'node:child_process'
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, expect, test } from 'vitest'
import { Folder } from '../sources/testing/folder.ts'
import { encodeFrame } from './format.ts'
import type { JournalIdentity } from './frames.ts'
import { openJournal } from './journal.ts'
import type { JournalOptions, OpenedJournal } from './journal.ts'
import { batchOf, passed } from './testing/batches.ts'
import { LineOutput } from './testing/line-output.ts'
import { HEADER, IDENTITY, settled } from './testing/written.ts'

const folder = new Folder()
const outputs: LineOutput[] = []
afterAll(async () => {
  await Promise.all(outputs.map((output) => output.close()))
  folder.remove()
})

function outputAt(path: string): LineOutput {
  const output = new LineOutput(path)
  outputs.push(output)
  return output
}

const onFailed = (error: Error): void => {
  throw error
}
type Running = Extract<OpenedJournal, { state: 'running' }>

async function start(
  name: string,
  options: Partial<JournalOptions> = {},
  identity: JournalIdentity = IDENTITY,
): Promise<OpenedJournal> {
  return openJournal(identity, { path: `${folder.path}/${name}`, resume: 'unfinished', onFailed, ...options })
}

async function running(...args: Parameters<typeof start>): Promise<Running> {
  const opened = await start(...args)
  if (opened.state !== 'running') throw new Error('the journal is complete')
  return opened
}

/** Tasks 0 to 9 are settled, 3 and 7 unsuccessfully. */
async function begun(name: string, output?: LineOutput): Promise<void> {
  const { journal } = await running(name, output === undefined ? {} : { output }, identityWith(output))
  journal.given(batchOf(TEN))
  for (const told of TEN) output?.write(`${JSON.stringify(told)}\n`)
  journal.askedForNext()
  await journal.close()
  await output?.close()
}

const TEN = Array.from({ length: 10 }, (_, index) =>
  index === 3 || index === 7 ? { index, status: 'timedOut' as const, durationMs: 500 } : { index },
)

function identityWith(output: LineOutput | undefined): JournalIdentity {
  return output === undefined ? IDENTITY : { ...IDENTITY, output: output.settings }
}

async function complete(name: string, limit?: number): Promise<void> {
  const { journal } = await running(name)
  journal.given(passed(0, 5))
  journal.askedForNext()
  const asked = limit === undefined ? {} : { limit }
  await journal.end({ report: { text: 'all is well' }, sourceExhausted: limit === undefined, ...asked, total: 5 })
  await journal.close()
}

test('a new journal has nothing settled, and its lock is gone when it is closed', async () => {
  const { journal, settled, totals, isResumed } = await running('new')
  expect([settled.size, totals.statuses, isResumed]).toEqual([0, [0, 0, 0, 0, 0, 0], false])
  await expect(start('new')).rejects.toMatchObject({ code: 'FANFOLD_JOURNAL_LOCKED' })
  await journal.close()
  expect(existsSync(`${folder.path}/new.lock`)).toBe(false)
})

const TIMED_OUT = { name: 'FanfoldError', code: 'FANFOLD_TASK_TIMED_OUT' }

test('an unfinished one goes on with what is settled, and its account', async () => {
  await begun('unfinished')
  const { journal, settled, totals, isResumed } = await running('unfinished')
  expect(settled.toArray()).toEqual([0, 10])
  expect(isResumed).toBe(true)
  expect(totals).toMatchObject({ statuses: [8, 0, 2, 0, 0, 0], verdicts: [8, 0, 0] })
  expect(totals.slowest.slice(0, 6)).toEqual([3, 500, 7, 500, 0, 1])
  expect(totals.firstErrors).toEqual([
    { index: 3, status: 'timedOut', ...TIMED_OUT, message: 'task 3 ended badly' },
    { index: 7, status: 'timedOut', ...TIMED_OUT, message: 'task 7 ended badly' },
  ])
  await journal.close()
})

test('a complete one gives its report, and lets others have it', async () => {
  await complete('complete')
  for (let i = 0; i < 2; i++) {
    expect(await start('complete')).toEqual({ state: 'complete', report: { text: 'all is well' } })
  }
})

test('one that stopped at its limit is complete for the same limit, and goes on with a higher one', async () => {
  await complete('limited', 5)
  expect(await start('limited', { limit: 5 })).toMatchObject({ state: 'complete' })
  const { journal, settled } = await running('limited', { limit: 6 })
  expect(settled.size).toBe(5)
  await journal.close()
})

test('one whose run left something out is not complete', async () => {
  const { journal } = await running('aborted')
  journal.given(batchOf([{ index: 0 }, { index: 1, status: 'aborted' }]))
  journal.askedForNext()
  await journal.end({ report: {}, sourceExhausted: true, total: 2 })
  await journal.close()
  const again = await running('aborted')
  expect(again.settled.toArray()).toEqual([0, 1])
  await again.journal.close()
})

test("'never' refuses one that is there, and it stays as it is", async () => {
  await begun('never')
  const before = readFileSync(`${folder.path}/never`)
  await expect(start('never', { resume: 'never' })).rejects.toMatchObject({ code: 'FANFOLD_JOURNAL_EXISTS' })
  expect(readFileSync(`${folder.path}/never`)).toEqual(before)
  writeFileSync(`${folder.path}/none-yet`, '')
  await (await running('none-yet', { resume: 'never' })).journal.close()
})

test("'auto' goes on with an unfinished one, and moves a complete one away", async () => {
  await begun('auto')
  const first = await running('auto', { resume: 'auto' })
  expect(first.settled.size).toBe(10)
  await first.journal.close()
  await complete('auto-complete')
  writeFileSync(`${folder.path}/auto-complete.1`, 'an older one')
  const before = readFileSync(`${folder.path}/auto-complete`)
  // Whatever it was of: it starts anew.
  const other = { ...IDENTITY, source: { reading: {}, id: 'tomorrow' } }
  const second = await running('auto-complete', { resume: 'auto' }, other)
  expect(second.settled.size).toBe(0)
  expect(readFileSync(`${folder.path}/auto-complete.1`)).toEqual(before)
  await second.journal.close()
  await expect(start('auto', { resume: 'auto' }, other)).rejects.toMatchObject({ code: 'FANFOLD_JOURNAL_DIFFERENT' })
})

const INPUT = { name: 'a.csv', bytes: 1204, head: 'h', tail: 't' }
const OF_FILES: JournalIdentity = {
  ...IDENTITY,
  source: { reading: { format: 'csv', delimiter: ',' }, inputs: [INPUT, { ...INPUT, name: 'b.csv' }] },
  output: { only: 'all', path: 'o' },
}
const files = (inputs: readonly (typeof INPUT)[]): JournalIdentity => ({
  ...OF_FILES,
  source: { ...OF_FILES.source, inputs },
})

test.each<[string, JournalIdentity, string]>([
  ['size', files([INPUT, { ...INPUT, name: 'b.csv', bytes: 1310 }]), "input 2 'b.csv' had 1,204 bytes and has 1,310"],
  ['beginning', files([{ ...INPUT, head: 'x' }, INPUT]), "input 1 'a.csv' begins differently"],
  ['end', files([{ ...INPUT, tail: 'x' }, INPUT]), "input 1 'a.csv' ends differently"],
  ['number of inputs', files([INPUT]), 'there were 2 inputs and are 1'],
  [
    'format',
    { ...OF_FILES, source: { ...OF_FILES.source, reading: { format: 'lines' } } },
    "the source's format was 'csv' and is 'lines'; the source's delimiter was ',' and is not set",
  ],
  ['source id', { ...OF_FILES, source: { ...OF_FILES.source, id: 'x' } }, "the source id was not given and is 'x'"],
  ['order', { ...OF_FILES, order: 'input' }, "the order was 'arrival' and is 'input'"],
  ['output', { ...OF_FILES, output: { only: 'fail', path: 'o' } }, "the output's only was 'all' and is 'fail'"],
  ['configuration', { ...OF_FILES, config: 'x' }, "the verifier's configuration has changed. Redrive"],
  [
    'verifier',
    { ...OF_FILES, verifier: { url: 'file:///new.ts', sha256: 'x' } },
    "the verifier 'file:///new.ts' has changed (it was 'file:///verifier.ts'). Redrive",
  ],
])('another %s is refused, and named', async (what, other, difference) => {
  const name = `different ${what}`
  const { journal } = await running(name, {}, OF_FILES)
  await journal.close()
  const before = readFileSync(`${folder.path}/${name}`)
  const error = await start(name, {}, other).catch((error: unknown) => error)
  expect(error).toMatchObject({ code: 'FANFOLD_JOURNAL_DIFFERENT', message: expect.stringContaining(difference) })
  expect(readFileSync(`${folder.path}/${name}`)).toEqual(before)
  expect(existsSync(`${folder.path}/${name}.lock`)).toBe(false)
})

test('a file that was moved is the same source, and a verifier that was moved the same verifier', async () => {
  await (await running('moved', {}, OF_FILES)).journal.close()
  const moved = files([
    { ...INPUT, name: 'elsewhere/a.csv' },
    { ...INPUT, name: 'c.csv' },
  ])
  const again = await running('moved', {}, { ...moved, verifier: { url: 'file:///moved.ts', sha256: 'a' } })
  await again.journal.close()
})

test('a redrive takes another verifier, and from then on that is the one', async () => {
  await begun('redriven')
  const mended = { ...IDENTITY, verifier: { url: 'file:///verifier.ts', sha256: 'mended' }, config: 'new' }
  const first = await running('redriven', { redrive: true }, mended)
  expect(first.settled.toArray()).toEqual([0, 3, 4, 7, 8, 10])
  expect(first.totals).toMatchObject({ statuses: [8, 0, 0, 0, 0, 0], firstErrors: [] })
  expect(first.totals.slowest).not.toContain(500)
  await first.journal.close()
  await expect(start('redriven')).rejects.toMatchObject({ code: 'FANFOLD_JOURNAL_DIFFERENT' })
  const second = await running('redriven', {}, mended)
  expect(second.settled.toArray()).toEqual([0, 3, 4, 7, 8, 10])
  second.journal.given(batchOf([{ index: 3 }, { index: 7 }]))
  second.journal.askedForNext()
  await second.journal.end({ report: 'mended', sourceExhausted: true, total: 10 })
  await second.journal.close()
  // Nothing is left to redrive.
  expect(await start('redriven', { redrive: true }, mended)).toEqual({ state: 'complete', report: 'mended' })
})

test('a redrive runs the unsuccessful of a complete journal again, but not for another source', async () => {
  await begun('whole')
  const first = await running('whole')
  await first.journal.end({ report: {}, sourceExhausted: true, total: 10 })
  await first.journal.close()
  expect(await start('whole')).toMatchObject({ state: 'complete' })
  const other = { ...IDENTITY, source: { reading: {}, id: 'other' } }
  await expect(start('whole', { redrive: true }, other)).rejects.toThrow("the source id was 'test' and is 'other'")
  const again = await running('whole', { redrive: true, resume: 'never' })
  expect(again.settled.size).toBe(8)
  await again.journal.close()
})

test('an output is cut back to the last line that the journal names', async () => {
  const output = outputAt(folder.file('cut.out', 'of an earlier run\n'))
  await begun('cut', output)
  const whole = readFileSync(output.path, 'utf8')
  appendFileSync(output.path, '{"index":10}\n{"ind')
  const { journal } = await running('cut', { output }, identityWith(output))
  expect(readFileSync(output.path, 'utf8')).toBe(whole)
  await journal.close()
})

test('frames whose lines are not there are cut off, and run again', async () => {
  const output = outputAt(`${folder.path}/lost.out`)
  await begun('lost', output)
  const first = readFileSync(output.path)
  // Several frames: what is left of them must not come behind new ones.
  for (let index = 10; index < 20; index++) {
    const { journal } = await running('lost', { output }, identityWith(output))
    journal.given(passed(index, index + 1))
    output.write(`{"index":${index}}\n`)
    journal.askedForNext()
    await journal.end({ report: {}, sourceExhausted: true, total: index < 19 ? 99 : 20 })
    await journal.close()
  }
  writeFileSync(output.path, Buffer.concat([first, Buffer.from('{"index":99}\n')]))
  // As the run is complete, nobody looks.
  expect(await start('lost', { output }, identityWith(output))).toMatchObject({ state: 'complete' })
  for (let i = 0; i < 2; i++) {
    const again = await running('lost', { output, redrive: true }, identityWith(output))
    expect(again.settled.toArray()).toEqual([0, 3, 4, 7, 8, 10])
    await again.journal.close()
  }
})

test('an output of which nothing is there is refused, and nothing is changed', async () => {
  const output = outputAt(`${folder.path}/gone.out`)
  await begun('gone', output)
  const before = readFileSync(`${folder.path}/gone`)
  writeFileSync(output.path, 'something else altogether, and not shorter than it was\n'.repeat(50))
  const error = await start('gone', { output }, identityWith(output)).catch((error: unknown) => error)
  expect(error).toMatchObject({
    code: 'FANFOLD_JOURNAL_DIFFERENT',
    message: expect.stringMatching(/the output '.*gone.out' is not the one/),
  })
  expect(readFileSync(`${folder.path}/gone`)).toEqual(before)
  expect(readFileSync(output.path, 'utf8')).toContain('something else')
})

test('a stretch without a line says nothing of the lines before it', async () => {
  const output = outputAt(`${folder.path}/empty-stretch.out`)
  await begun('empty-stretch', output)
  const { journal } = await running('empty-stretch', { output }, identityWith(output))
  journal.given(passed(10, 20))
  journal.askedForNext()
  await journal.close()
  const damagedLine = readFileSync(output.path, 'utf8').replace('{"index":9}', '{"index":8}')
  writeFileSync(output.path, damagedLine)
  await expect(start('empty-stretch', { output }, identityWith(output))).rejects.toThrow('is not the one')
})

/** A redrive as it is when it was killed between its frame and its rename. */
async function interruptedRedrive(name: string): Promise<LineOutput> {
  const output = outputAt(`${folder.path}/${name}.out`)
  await begun(name, output)
  const old = `${output.path}.old`
  copyFileSync(output.path, old)
  const { journal } = await running(name, { output, redrive: true }, identityWith(output))
  await journal.close()
  await output.close()
  copyFileSync(output.path, `${output.path}.redrive`)
  copyFileSync(old, output.path)
  return output
}

test('a redrive that was killed before its rename is made up for', async () => {
  const output = await interruptedRedrive('before-rename')
  const { journal, settled } = await running('before-rename', { output }, identityWith(output))
  expect(settled.size).toBe(8)
  expect(readFileSync(output.path, 'utf8')).toBe(
    [0, 1, 2, 4, 5, 6, 8, 9].map((index) => `${JSON.stringify({ index })}\n`).join(''),
  )
  expect(existsSync(`${output.path}.redrive`)).toBe(false)
  await journal.close()
})

test('a redrive is in the journal before its output takes the place of the old one', async () => {
  const path = `${folder.path}/before`
  const seen: boolean[] = []
  class Watched extends LineOutput {
    override adopt(...args: Parameters<LineOutput['adopt']>): ReturnType<LineOutput['adopt']> {
      seen.push(readFileSync(path, 'utf8').includes('"frame":"redriven"'))
      return super.adopt(...args)
    }
  }
  const output = new Watched(`${path}.out`)
  outputs.push(output)
  await begun('before', output)
  await (await running('before', { output, redrive: true }, identityWith(output))).journal.close()
  expect(seen).toEqual([true])
})

test('a redrive whose new output is gone is taken back', async () => {
  const output = await interruptedRedrive('taken-back')
  writeFileSync(`${output.path}.redrive`, 'half of')
  const { journal, settled, totals } = await running('taken-back', { output }, identityWith(output))
  expect(settled.size).toBe(10)
  expect(totals.statuses).toEqual([8, 0, 2, 0, 0, 0])
  expect(readFileSync(output.path, 'utf8').split('\n')).toHaveLength(11)
  await journal.close()
})

test('a torn end is cut off before anything is written', async () => {
  await begun('torn')
  const path = `${folder.path}/torn`
  appendFileSync(path, encodeFrame(settled([10, 20]), 2).subarray(0, 40))
  await (await running('torn')).journal.close()
  const again = await running('torn')
  expect(again.settled.size).toBe(10)
  await again.journal.close()
})

test.each([
  ['a file of somebody', 'id,name\n1,Ann\n', 'FANFOLD_JOURNAL_FOREIGN'],
  [
    'a damaged journal',
    `${encodeFrame(HEADER, 0).toString()}oops\n${encodeFrame(settled([0, 1]), 2).toString()}`,
    'FANFOLD_JOURNAL_DAMAGED',
  ],
])('%s is refused, and stays as it is', async (name, content, code) => {
  const path = folder.file(name, content)
  for (const resume of ['never', 'unfinished', 'auto'] as const) {
    await expect(start(name, { resume })).rejects.toMatchObject({ code })
  }
  expect(readFileSync(path, 'utf8')).toBe(content)
  expect(existsSync(`${path}.lock`)).toBe(false)
})

/** The first so many bytes of a header, which is longer. */
const torn = (bytes = 90): Buffer => encodeFrame(HEADER, 0).subarray(0, bytes)

test.each<[string, (journal: Buffer) => Buffer | string]>([
  ['whose lines end as on Windows', (journal) => journal.toString().replaceAll('\n', '\r\n')],
  ['that has lost all but the beginning of its header', (journal) => journal.subarray(0, 90)],
  ['whose only line has a wrong checksum', (journal) => `0${journal.toString().split('\n')[0]!.slice(1)}\n`],
])('a journal %s does not cost its output the lines', async (what, harm) => {
  const output = outputAt(`${folder.path}/harmed.out`)
  const path = `${folder.path}/harmed`
  await begun('harmed', output)
  const lines = readFileSync(output.path)
  const harmed = Buffer.from(harm(readFileSync(path)))
  writeFileSync(path, harmed)
  for (const resume of ['never', 'unfinished', 'auto'] as const) {
    await expect(start('harmed', { output, resume }, identityWith(output))).rejects.toMatchObject({
      code: 'FANFOLD_JOURNAL_DAMAGED',
      message: expect.stringContaining('damaged in line 1: '),
    })
  }
  expect([readFileSync(output.path), readFileSync(path)]).toEqual([lines, harmed])
  rmSync(path)
  rmSync(output.path)
})

test.each<[string, Buffer, string | undefined]>([
  ['torn, with no output yet', torn(), undefined],
  ['torn, with an empty output', torn(), ''],
  ['torn, with zeros for its end', Buffer.concat([torn(), Buffer.alloc(200)]), undefined],
  ['zeros', Buffer.alloc(300), 'lines of an earlier run\n'],
])('a header that is %s, as a kill or a power cut leaves it, is begun anew', async (what, content, lines) => {
  const name = `honest ${what}`
  folder.file(name, content)
  const output = outputAt(`${folder.path}/${name}.out`)
  if (lines !== undefined) writeFileSync(output.path, lines)
  const { journal } = await running(name, { output }, identityWith(output))
  await journal.close()
  expect(readFileSync(output.path, 'utf8')).toBe('')
  await (await running(name, { output }, identityWith(output))).journal.close()
})

test('a torn header of a journal without an output is begun anew', async () => {
  folder.file('torn-header', torn())
  await (await running('torn-header')).journal.close()
  const { journal, isResumed } = await running('torn-header')
  expect(isResumed).toBe(true)
  await journal.close()
})

test('a frame that is lost from the middle is noticed, also behind what was cut off and written anew', async () => {
  const output = outputAt(`${folder.path}/gap.out`)
  const path = `${folder.path}/gap`
  await begun('gap', output)
  const kept = readFileSync(output.path)
  const further = async (from: number): Promise<void> => {
    const { journal } = await running('gap', { output }, identityWith(output))
    journal.given(passed(from, from + 5))
    output.write(`{"index":${from}}\n`)
    journal.askedForNext()
    await journal.close()
    await output.close()
  }
  await further(10)
  // The output has lost its end: the last frame goes, and others take its place.
  writeFileSync(output.path, kept)
  await further(20)
  await further(30)
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1)
  const numbers = lines.map((line) => (JSON.parse(line.slice(9)) as { n: number }).n)
  expect(numbers).toEqual([...lines.keys()])
  writeFileSync(
    path,
    lines
      .toSpliced(2, 1)
      .map((line) => `${line}\n`)
      .join(''),
  )
  await expect(start('gap', { output }, identityWith(output))).rejects.toThrow('damaged in line 3: ')
})

test('what is no regular file is refused, without waiting for its other end', async () => {
  execFileSync('mkfifo', [`${folder.path}/fifo`])
  await expect(start('fifo')).rejects.toMatchObject({ code: 'FANFOLD_JOURNAL_FOREIGN' })
})

test.each<[string, string, string, string]>([
  ['a folder', 'a-folder', 'EISDIR', 'is a folder. Give the path of a file.'],
  ['a file in no folder', 'no-folder/j', 'ENOENT', "no-folder'. Make it first, or give another path."],
  ['a link to a file in no folder', 'astray', 'ENOENT', "nowhere'. Make it first, or give another path."],
  ['a file in a file', 'a-file/j', 'ENOTDIR', "a-file'. Make it first, or give another path."],
])('%s is refused with a remedy that helps', async (_, name, code, end) => {
  mkdirSync(`${folder.path}/a-folder`, { recursive: true })
  folder.file('a-file', '')
  if (name === 'astray') symlinkSync('nowhere/j', `${folder.path}/astray`)
  const error: unknown = await start(name).catch((error: unknown) => error)
  expect(error).toMatchObject({ code: 'FANFOLD_JOURNAL_FAILED', cause: { code } })
  expect((error as Error).message.endsWith(end)).toBe(true)
  expect(existsSync(`${folder.path}/a-folder.lock`)).toBe(false)
})

test('where a symbolic link leads to no file yet, the journal is made there', async () => {
  mkdirSync(`${folder.path}/deep/disk`, { recursive: true })
  symlinkSync('deep/disk', `${folder.path}/mounted`)
  symlinkSync('mounted/further', `${folder.path}/dangling`)
  symlinkSync('../real-journal', `${folder.path}/deep/disk/further`)
  const { journal } = await running('dangling')
  expect(existsSync(`${folder.path}/deep/real-journal.lock`)).toBe(true)
  for (const name of ['dangling', 'deep/disk/further', 'deep/real-journal']) {
    await expect(start(name)).rejects.toMatchObject({ code: 'FANFOLD_JOURNAL_LOCKED' })
  }
  await journal.close()
  expect(readFileSync(`${folder.path}/deep/real-journal`, 'utf8')).toContain('"frame":"header"')
  expect(lstatSync(`${folder.path}/dangling`).isSymbolicLink()).toBe(true)
})

test('a journal that may not be written is refused when it is opened', async () => {
  // As another user, where this one may do everything.
  const locked = `${folder.path}/read-only`
  mkdirSync(locked)
  chmodSync(folder.path, 0o755)
  chmodSync(locked, 0o555)
  const script = fileURLToPath(new URL('testing/open-and-say.ts', import.meta.url))
  const user = process.getuid?.() === 0 ? { uid: 65_534 } : {}
  const { stdout } = await promisify(execFile)(process.execPath, [script, `${locked}/j`], user)
  expect(stdout).toBe('FANFOLD_JOURNAL_FAILED EACCES\n')
})

test('a journal that is known by two names is one', async () => {
  await (await running('real')).journal.close()
  execFileSync('ln', ['-s', 'real', `${folder.path}/link`])
  const { journal } = await running('link')
  await expect(start('real')).rejects.toMatchObject({ code: 'FANFOLD_JOURNAL_LOCKED' })
  await journal.close()
  expect(statSync(`${folder.path}/real`).size).toBeGreaterThan(0)
})

test('it can be read who went on with it', async () => {
  await (await running('told')).journal.close()
  await (await running('told', { settings: { threads: '4' } })).journal.close()
  expect(readFileSync(`${folder.path}/told`, 'utf8')).toMatch(
    new RegExp(`"frame":"resumed",.*"pid":${process.pid},"settings":{"threads":"4"}}\n$`),
  )
})
