import { mkdirSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { FanfoldError, files } from '@fanfold/core'
import type { FileItem, Report, RunOptions, Source } from '@fanfold/core'
import { beforeEach, expect, test } from 'vitest'
import { byIndex, collect, tempFolder, testEngine } from './fixtures.ts'

const looking = new URL('./verifiers/look-at-file.ts', import.meta.url)
let folder = ''
let path = ''

beforeEach(() => {
  folder = tempFolder()
  path = join(tempFolder(), 'journal')
})

function write(name: string, text: string = name): void {
  mkdirSync(dirname(join(folder, name)), { recursive: true })
  writeFileSync(join(folder, name), text)
  // As long ago as all others.
  utimesSync(join(folder, name), 1000, 1000)
}

const all = (): Source<FileItem> => files('**/*.txt', { folder })

async function begin(options: RunOptions = { limit: 2 }): Promise<Report> {
  return testEngine()
    .run(looking, all(), { ...options, journal: { path } })
    .report()
}

/** The files that are verified now. */
async function goOn(source: Source<FileItem> = all()): Promise<(string | undefined)[]> {
  const run = testEngine({ threads: 1 }).run(looking, source, {
    order: 'arrival',
    journal: { path, resume: 'unfinished' },
  })
  const outcomes = await collect(run)
  expect(await run.report()).toMatchObject({ result: 'succeeded', total: 5, resumed: 2 })
  return outcomes.map(({ index, file }) => `${index} ${file}`)
}

async function refused(): Promise<string> {
  const error: unknown = await goOn().catch((thrown) => thrown)
  expect(error).toBeInstanceOf(FanfoldError)
  expect(error).toMatchObject({ code: 'FANFOLD_JOURNAL_DIFFERENT' })
  return (error as FanfoldError).message
}

const FIVE = ['a/1.txt', 'a/2.txt', 'b/1.txt', 'b/2.txt', 'c.txt']

test('a run of files goes on where it was, and a folder that was moved is the same', async () => {
  for (const name of FIVE) write(name)
  expect(await begin()).toMatchObject({ total: 2 })
  const moved = `${folder}-moved`
  renameSync(folder, moved)
  folder = moved
  try {
    expect(await goOn()).toEqual(['2 b/1.txt', '3 b/2.txt', '4 c.txt'])
  } finally {
    rmSync(moved, { recursive: true })
  }
})

test.each([
  ['a new file', () => write('b/0.txt'), "there were 5 files and are 6, and file 3 was 'b/1.txt' and is 'b/0.txt'"],
  ['a new last file', () => write('d.txt'), "there were 5 files and are 6, and 'd.txt' is file 6 and was not there"],
  ['one less', () => rmSync(join(folder, 'c.txt')), "there were 5 files and are 4, and 'c.txt' was file 5"],
  ['another size', () => write('b/2.txt', 'longer than before'), "'b/2.txt' has another size or was modified since"],
  ['modified', () => writeFileSync(join(folder, 'b/2.txt'), 'b/2.txt'), "'b/2.txt' has another size or was modified"],
])('%s: the journal is of another run, and the difference is named', async (_, change, told) => {
  for (const name of FIVE) write(name)
  await begin()
  change()
  expect(await refused()).toContain(told)
})

test('of many files, a difference is told to the stretch of the list that it is in', async () => {
  for (let n = 1000; n < 1600; n++) write(`${n}.txt`)
  await begin()
  write('1403.txt', 'x')
  expect(await refused()).toContain("of files 401 to 404, from '1400.txt' on, one has changed or is another")
  write('1403.txt')
  rmSync(join(folder, '1599.txt'))
  expect(await refused()).toContain("there were 600 files and are 599, and of files 597 to 600, from '1596.txt' on")
})

test('a stream of paths is known again by the id that is given for it', async () => {
  for (const name of FIVE) write(name)
  const stream = (): Source<FileItem> => files(Readable.from([Buffer.from(FIVE.join('\n'))]), { folder })
  const options: RunOptions = { limit: 2, journal: { path } }
  const error: unknown = await testEngine()
    .run(looking, stream(), options)
    .report()
    .catch((thrown) => thrown)
  expect(error).toMatchObject({ code: 'FANFOLD_JOURNAL_SOURCE_ID' })
  const known = { path, sourceId: 'five' }
  await testEngine().run(looking, stream(), { limit: 2, journal: known }).report()
  const run = testEngine().run(looking, stream(), { journal: { ...known, resume: 'unfinished' } })
  expect(byIndex(await collect(run)).map(({ file }) => file)).toEqual(['b/1.txt', 'b/2.txt', 'c.txt'])
})
