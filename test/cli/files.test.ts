import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Workplace } from './testing/fanfold.ts'
import type { Ended } from './testing/fanfold.ts'

const HAS_TEXT = fileURLToPath(new URL('./verifiers/has-text.ts', import.meta.url))
let place: Workplace

beforeEach(() => {
  place = new Workplace()
})
afterEach(() => place.remove())

/** `verify --format files` with the verifier that wants text. */
function verify(...args: readonly string[]): Promise<Ended> {
  return place.fanfold('verify', '--with', HAS_TEXT, '--format', 'files', ...args)
}

function write(): void {
  place.file('data/a.png', 'a')
  place.file('data/b.png', '')
  place.file('data/c [1].png', 'ccc')
  place.file('data/deep/d.png', 'd')
}

test('each file is a task, and its line names it without the record; the summary speaks of files', async () => {
  write()
  const { code, stderr } = await verify('data/**/*.png', '--out', 'o', '--include', 'none', '--summary', 's.json')
  expect(code).toBe(1)
  expect(place.lines('o').map(({ index, file, verdict, reason }) => [index, file, verdict, reason])).toEqual([
    [0, 'data/a.png', 'pass', undefined],
    [1, 'data/b.png', 'fail', 'empty'],
    [2, 'data/c [1].png', 'pass', undefined],
    [3, 'data/deep/d.png', 'pass', undefined],
  ])
  expect(place.lines('o')[0]).not.toHaveProperty('id')
  expect(place.lines('o')[0]).not.toHaveProperty('record')
  expect(stderr).toContain('succeeded: 4 files verified in')
  expect(stderr).toMatch(/slowest .* at data\/.*\.png\n/)
  expect(JSON.parse(place.read('s.json'))).toMatchObject({ total: 4, sourceExhausted: true })
})

test('a record is what the verifier got', async () => {
  write()
  await verify('data/b.png', '--out', 'o')
  expect(place.lines('o')).toMatchObject([{ record: { path: join(place.path, 'data/b.png'), size: 0 } }])
})

test('paths and patterns as they are given, and a limit', async () => {
  write()
  const { code, stderr } = await verify('data/c [1].png', 'data/[ab].png', '--limit', '2', '--out', 'o')
  expect(place.lines('o').map(({ file }) => file)).toEqual(['data/c [1].png', 'data/a.png'])
  expect(stderr).toContain('the first 2 files verified')
  expect(code).toBe(0)
})

test.each([
  ['find', 'find data -type f | sort |'],
  ['find -print0, folders and all', 'find data -print0 | sort -z |'],
])('a list of paths from %s', async (_, list) => {
  write()
  place.file('data/empty/line\nend', 'x')
  const separate = list.includes('print0')
  const { code, stderr } = await place.shell(
    `${list} fanfold verify - --format files --with '${HAS_TEXT}' --out o --only pass,errored`,
  )
  const names = place.lines('o').map(({ file, status }) => `${String(file)} ${String(status)}`)
  const strange = separate ? ['data/empty/line\nend completed'] : ['data/empty/line errored', 'end errored']
  expect(names.filter((name) => !name.includes('.png'))).toEqual(strange)
  expect(names.filter((name) => name.includes('.png'))).toHaveLength(3)
  expect(stderr).toContain(separate ? '5 files verified' : '4 of 6 files verified')
  if (!separate) expect(stderr).toContain("FANFOLD_FILE_UNREADABLE: 'data/empty/line' cannot be verified")
  expect(code).toBe(separate ? 1 : 3)
})

test('what a run writes is no input, whatever matches it', async () => {
  write()
  const own = ['--out', 'o.ndjson', '--summary', 's.json', '--journal', 'j']
  for (const more of [[], ['--resume=auto']]) {
    const { code } = await verify('**', ...own, ...more)
    expect(code).toBe(1)
    expect(place.lines('o.ndjson').map(({ file }) => file)).toEqual([
      'data/a.png',
      'data/b.png',
      'data/c [1].png',
      'data/deep/d.png',
    ])
  }
  const { code, stderr } = await verify('data/a.png', '--out', 'data/a.png')
  expect(code).toBe(2)
  expect(stderr).toContain("--out 'data/a.png' is a file that is read")
  expect(place.read('data/a.png')).toBe('a')
})

test('what is excluded is no input, by path, by folder and by pattern', async () => {
  write()
  const { code } = await verify('data/**', '--exclude', 'data/deep', '--exclude', '**/b*', '--out', 'o')
  expect(place.lines('o').map(({ file }) => file)).toEqual(['data/a.png', 'data/c [1].png'])
  expect(code).toBe(0)
})

test('a run with a journal goes on; a file that was modified meanwhile is named', async () => {
  write()
  expect((await verify('data/**', '--limit', '2', '--journal', 'j', '--out', 'o')).code).toBe(1)
  const { stderr } = await verify('data/**', '--resume', '--journal', 'j', '--out', 'o')
  expect(stderr).toContain('succeeded: 4 files verified, 2 of them now')
  expect(place.lines('o').map(({ index }) => index)).toEqual([0, 1, 2, 3])
  place.file('data/b.png', 'b')
  const refused = await verify('data/**', '--resume', '--journal', 'j', '--out', 'o')
  expect(refused.code).toBe(2)
  expect(refused.stderr).toContain("'data/b.png' has another size or was modified since")
})

test.each([
  [['data/*.gif'], "the pattern 'data/*.gif' matches no file"],
  [['data'], "the input 'data' cannot be read: it is a folder. Give the files in it, as 'data/**'"],
  [['data/a.png', 'data/deep'], "as 'data/deep/**'. If a shell has found it for a pattern, quote the pattern"],
  [['none/*.gif'], "the pattern 'none/*.gif' matches no file. There is no folder '/"],
  [['data/a.png', 'data/x.png'], "the input 'data/x.png' cannot be read: there is no such file"],
  [['data/a.png', '--id-field', 'path'], '--id-field needs records with fields'],
  [['data/a.png', '--max-record', '1mb'], '--max-record is about records'],
  [['-', 'data/a.png'], '- is stdin, and has to be the only input'],
])('%j is exit 2', async (args, told) => {
  write()
  mkdirSync(join(place.path, 'data/x.gif'))
  const { code, stderr } = await verify(...args, '--out', 'o')
  expect(stderr).toContain(told)
  expect(code).toBe(2)
  expect(() => place.read('o')).toThrow('ENOENT')
})

test('--exclude without --format files is exit 2', async () => {
  const { code, stderr } = await place.fanfold('verify', 'x.txt', '--with', HAS_TEXT, '--exclude', 'y')
  expect(stderr).toContain('--exclude leaves out whole files. Add --format files, or leave it out.')
  expect(code).toBe(2)
})

test('without a format, a file of another kind says what there is', async () => {
  write()
  const { code, stderr } = await place.fanfold('verify', 'data/a.png', '--with', HAS_TEXT)
  expect(stderr).toContain('Add --format ndjson, csv or lines; or files, to verify it as a whole.')
  expect(code).toBe(2)
})

test('progress tells files and bytes to programs', async () => {
  write()
  const { stderr } = await verify('data/**', '--progress', 'json')
  const last = JSON.parse(stderr.trim().split('\n').at(-1)!) as object
  expect(last).toMatchObject({ state: 'ended', total: 4, bytesRead: 5, bytesTotal: 5 })
})
