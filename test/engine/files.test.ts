import { execFileSync } from 'node:child_process'
import { Buffer } from 'node:buffer'
import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { pathToFileURL } from 'node:url'
import { FanfoldError, files } from '@fanfold/core'
import type { FileItem, FilesInput, FilesOptions, Outcome, Source } from '@fanfold/core'
import { beforeEach, describe, expect, test } from 'vitest'
import { byIndex, collect, progressWhere, runScript, staged, tempFolder, testEngine } from './fixtures.ts'

const looking = new URL('./verifiers/look-at-file.ts', import.meta.url)
let folder = ''

beforeEach(() => {
  folder = tempFolder()
})

/** Writes files, each with its own name as its text. */
function write(...names: readonly (string | Buffer)[]): void {
  for (const name of names) {
    const path = Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(name)])
    mkdirSync(dirname(path.toString('latin1')), { recursive: true })
    writeFileSync(path, name)
  }
}

/** The names in the order of their index. */
async function namesOf(source: Source<FileItem>): Promise<(string | undefined)[]> {
  const outcomes = byIndex(await collect(testEngine().run(looking, source)))
  expect(outcomes.map(({ index }) => index)).toEqual(outcomes.map((_, at) => at))
  return outcomes.map(({ file, status }) => (status === 'completed' ? file : `${file} ${status}`))
}

function found(input: FilesInput, options: FilesOptions = {}): Promise<(string | undefined)[]> {
  return namesOf(files(input, { folder, ...options }))
}

async function refusal(input: FilesInput): Promise<string> {
  const error: unknown = await testEngine()
    .run(looking, files(input, { folder }))
    .report()
    .catch((thrown) => thrown)
  expect(error).toBeInstanceOf(FanfoldError)
  expect(error).toMatchObject({ code: 'FANFOLD_SOURCE_UNREADABLE' })
  return (error as FanfoldError).message
}

test('an item is the absolute path and the size; the outcome and the context name the file as it was asked for', async () => {
  write('a/one.txt')
  const [outcome] = await collect(testEngine().run(looking, files('a/*.txt', { folder })))
  expect(outcome).toMatchObject({ index: 0, file: 'a/one.txt', verdict: 'pass' })
  const value = { path: join(folder, 'a/one.txt'), size: 9, file: 'a/one.txt', text: 'a/one.txt' }
  expect((outcome as Outcome & { value: unknown }).value).toEqual(value)
})

test('files of a pattern come folder by folder, in each by name; patterns as they are given; each file once', async () => {
  write('b/2.txt', 'b/10.txt', 'b.txt', 'a/x/deep.txt', 'a/z.txt', 'c.md')
  const byName = ['a/x/deep.txt', 'a/z.txt', 'b/10.txt', 'b/2.txt', 'b.txt']
  expect(await found('**/*.txt')).toEqual(byName)
  expect(await found(['b.txt', 'c.md', '**/*.txt', 'b/*', './b/2.txt'])).toEqual([
    'b.txt',
    'c.md',
    ...byName.filter((name) => name !== 'b.txt'),
  ])
})

test('patterns with braces, classes and question marks; hidden names only where the pattern has the dot', async () => {
  write('a/1.png', 'a/2.jpg', 'b/x/3.png', 'b/4.gif', '.hidden/5.png', 'a/.6.png')
  expect(await found('{a,b/x}/*.{png,jpg}')).toEqual(['a/1.png', 'a/2.jpg', 'b/x/3.png'])
  expect(await found('{a,**}/[0-9].png')).toEqual(['a/1.png', 'b/x/3.png'])
  expect(await found('**/[0-9].png')).toEqual(['a/1.png', 'b/x/3.png'])
  expect(await found('a/?.jpg')).toEqual(['a/2.jpg'])
  expect(await found('**/[!1-3].*')).toEqual(['b/4.gif'])
  expect(await found(['.hidden/*', '**/.*.png'])).toEqual(['.hidden/5.png', 'a/.6.png'])
  expect(await found(`${folder}/b/*.gif`)).toEqual([`${folder}/b/4.gif`])
  expect(await found(pathToFileURL(join(folder, 'a/1.png')))).toEqual([join(folder, 'a/1.png')])
})

test('what is excluded is left out, and excluded folders with all that is in them', async () => {
  write('a.txt', 'b.txt', 'lib/node_modules/x/c.txt', 'lib/d[1].txt', 'lib/d1.txt')
  const exclude = ['b.txt', '**/node_modules/**', 'lib/d[1].txt']
  expect(await found('**/*.txt', { exclude: exclude.slice(0, 2) })).toEqual(['a.txt', 'lib/d1.txt', 'lib/d[1].txt'])
  expect(await found('**/*.txt', { exclude: ['lib', 'a.txt'] })).toEqual(['b.txt'])
})

test('an option that is not known, or no path, is refused at once', () => {
  const wrong = (options: object): unknown => files('*', options)
  expect(() => wrong({ cwd: 'a' })).toThrow('files() has no option cwd. Known are folder, exclude.')
  expect(() => wrong({ exclude: [7] })).toThrow('exclude of files() has')
  expect(() => wrong({ exclude: '*.jpg' })).not.toThrow()
})

test('strange names: a path that exists is taken as it is', async () => {
  const strange = ['-n', 'a b', 'line\nend', 'x[1].txt', 'star*.txt', '{a,b}', 'ümlaut', '!no', "quo'te", '#']
  write(...strange, 'x1.txt', 'starry.txt', 'a')
  expect(await found(strange)).toEqual(strange)
  expect(await found(['x[1].txt', 'x[1]*'])).toEqual(['x[1].txt', 'x1.txt'])
})

test('symbolic links are followed; one to a folder in which it lies is not followed round', async () => {
  write('real/a.txt', 'outside/b.txt')
  symlinkSync('a.txt', join(folder, 'real/link.txt'))
  symlinkSync('..', join(folder, 'real/round'))
  symlinkSync('../outside', join(folder, 'real/other'))
  expect(await found('real/**')).toEqual([
    'real/a.txt',
    'real/link.txt',
    'real/other/b.txt',
    'real/round/outside/b.txt',
  ])
})

describe('what cannot be verified costs one outcome', () => {
  test('a dangling link, a link to itself, a pipe, and a name that is not UTF-8', async () => {
    write('a.txt', Buffer.from([0x62, 0xff]), 'z.txt')
    symlinkSync('nowhere', join(folder, 'c'))
    symlinkSync('d', join(folder, 'd'))
    execFileSync('mkfifo', [join(folder, 'e')])
    const run = testEngine().run(looking, files('*', { folder }), { retry: { retries: 2, baseMs: 1 } })
    const outcomes = byIndex(await collect(run))
    expect(outcomes.map(({ file, status, attempts }) => [file, status, attempts])).toEqual([
      ['a.txt', 'completed', 1],
      ['b\uFFFD', 'errored', 0],
      ['c', 'errored', 0],
      ['d', 'errored', 0],
      ['e', 'errored', 0],
      ['z.txt', 'completed', 1],
    ])
    const errors = outcomes.flatMap((outcome) => ('error' in outcome ? [outcome.error as FanfoldError] : []))
    expect(errors.map(({ code }) => code)).toEqual(Array.from({ length: 4 }, () => 'FANFOLD_FILE_UNREADABLE'))
    expect(errors.map(({ message }) => /: ([^.]*)\./.exec(message)?.[1])).toEqual([
      'its name is not UTF-8',
      'there is no such file, or it is a link to one that is not there',
      'it is a link to itself',
      'it is a pipe, a socket or a device, not a file',
    ])
    expect(await run.report()).toMatchObject({ result: 'partial', total: 6 })
  })

  test('a folder that may not be read', async () => {
    write('a/1.txt', 'b/2.txt')
    chmodSync(folder, 0o755)
    chmodSync(join(folder, 'a'), 0)
    // The superuser may read all.
    const script = `
      if (process.getuid() === 0) process.setuid(65534)
      const { files } = await import('@fanfold/core')
      const reader = await files('**/*.txt', { folder: ${JSON.stringify(folder)} }).open()
      for (let shard = await reader.next({ maxTasks: 1, maxBytes: 1e6 }); shard; shard = await reader.next({ maxTasks: 1, maxBytes: 1e6 }))
        console.log(shard.file ?? shard.fileAt(0), shard.unreadable?.message)`
    expect((await runScript(script)).trim().split('\n')).toEqual([
      "a 'a' cannot be verified: the folder cannot be read: this user may not read it. If it is not to be, leave it out.",
      'b/2.txt undefined',
    ])
    chmodSync(join(folder, 'a'), 0o755)
  })

  test('a file that is gone when its turn comes is what the verifier finds', async () => {
    write('a', 'b')
    const reader = await files(['a', 'b'], { folder }).open()
    const shard = await reader.next({ maxTasks: 9, maxBytes: 1e6 })
    rmSync(join(folder, 'b'))
    const source: Source<FileItem> = {
      open: () => Promise.resolve({ ...stillReader(reader), next: once(shard) }),
    }
    expect(await namesOf(source)).toEqual(['a', 'b errored'])
  })
})

describe('what is asked for and is not there is an error before anything runs', () => {
  test('a pattern that matches no file is named', async () => {
    write('a/b/c.txt')
    expect(await refusal(['**/*.txt', 'a/*.png'])).toContain("the pattern 'a/*.png' matches no file")
    expect(await refusal('a/b')).toContain(
      "the input 'a/b' cannot be read: it is a folder. Give the files in it, as 'a/b/**'",
    )
    expect(await refusal('a/no.txt')).toContain("the input 'a/no.txt' cannot be read: there is no such file")
    expect(await refusal('no/**')).toContain(
      `the pattern 'no/**' matches no file. There is no folder '${join(folder, 'no')}'.`,
    )
  })

  test('a folder to start in that is not there is named', async () => {
    const nowhere = join(folder, 'nowhere')
    const opened = (given: string): Promise<unknown> => files(given, { folder: nowhere }).open()
    await expect(opened('*.png')).rejects.toThrow(
      `the pattern '*.png' matches no file. There is no folder '${nowhere}'.`,
    )
    await expect(opened('a.png')).rejects.toThrow(
      `there is no such file. Its folder is not there either: '${nowhere}'.`,
    )
  })

  test('a folder matches no pattern', async () => {
    mkdirSync(join(folder, 'a/b.txt'), { recursive: true })
    expect(await refusal('**/*.txt')).toContain('matches no file')
  })

  test.each([
    [[], 'an empty list'],
    ['', 'an empty path'],
    [42, 'a number'],
    [[new URL('http://localhost/')], "the URL 'http://localhost/'"],
  ])('%j is refused at once', (input, received) => {
    // Whatever the types say, anything may be given.
    expect(() => files(input as FilesInput)).toThrow(`files() received ${received}.`)
  })
})

describe('a stream of paths', () => {
  const stream = (...pieces: readonly (string | Buffer)[]): Readable =>
    Readable.from(pieces.map((piece) => Buffer.from(piece)))

  test('one a line, in its order; folders are no tasks, and one that is not there costs its own', async () => {
    write('a b', 'c/d')
    expect(await found(stream('c/d\n\nc\nno', 't there\na', ' b'))).toEqual(['c/d', 'not there errored', 'a b'])
  })

  test('with a NUL behind each, names may have line ends', async () => {
    write('x\ny', 'z')
    expect(await found(stream('x\ny\0z\0x', '\ny\0'))).toEqual(['x\ny', 'z', 'x\ny'])
  })

  test('a mixture is refused, and what was read before stays', async () => {
    write('a')
    const run = testEngine().run(looking, files(stream('a\n', 'b\0\n'), { folder }))
    const report = await run.report()
    expect(report).toMatchObject({ result: 'failed', failure: { code: 'FANFOLD_SOURCE_FAILED' } })
    expect(report.failure?.message).toContain('some with a NUL')
  })

  test('a file is verified while the next path is still to come', async () => {
    write('a', 'b')
    let release = (): void => {}
    const pending = new Promise<void>((resolve) => (release = resolve))
    async function* paths(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('a\n')
      await pending
      yield Buffer.from('b\n')
    }
    const names: (string | undefined)[] = []
    for await (const { file } of testEngine().run(looking, files(paths(), { folder }))) {
      names.push(file)
      release()
    }
    expect(names).toEqual(['a', 'b'])
  })
})

test('the number of files and their bytes are known when all are listed, long before all are verified', async () => {
  write(...Array.from({ length: 2000 }, (_, n) => `d${n % 7}/${n}`))
  const beside = tempFolder()
  const config = { log: join(beside, 'log'), gate: join(beside, 'gate') }
  const run = testEngine().run(staged, files('**', { folder }), { config })
  const progress = await progressWhere(run, ({ total }) => total !== undefined)
  // Each has its path: three characters, and its number.
  expect(progress).toMatchObject({ total: 2000, bytesTotal: 2000 * 3 + 10 + 180 + 2700 + 4000 })
  expect(progress.statuses.completed).toBe(0)
  run.cancel(undefined, { when: 'now' })
  expect(await run.report()).toMatchObject({ result: 'aborted', total: 2000 })
})

test('a shard has a fair share of the bytes: small files come together, large ones by themselves', async () => {
  for (let n = 0; n < 40; n++) writeFileSync(join(folder, String(100 + n)), 'x'.repeat(n % 10 === 5 ? 100_000 : 100))
  const reader = await files('*', { folder }).open()
  const shards: number[][] = []
  // Only when all are listed, their mean is known.
  await expect.poll(() => reader.totalTasks).toBe(40)
  for (;;) {
    const shard = await reader.next({ maxTasks: 8, maxBytes: 1e6 })
    if (shard === undefined) break
    shards.push(Array.from({ length: shard.tasks }, (_, at) => (shard.itemAt(at) as FileItem).size))
  }
  reader.close()
  expect(shards.flat()).toHaveLength(40)
  // The mean is 10,090 bytes, so that eight files have 80,720: less than one of the large ones.
  const large = shards.filter((sizes) => sizes.includes(100_000))
  expect(large.map((sizes) => sizes.length)).toEqual([1, 1, 1, 1])
  expect(shards.filter((sizes) => !sizes.includes(100_000)).some((sizes) => sizes.length > 1)).toBe(true)
})

test('more files than are listed ahead are all verified, each once', async () => {
  write('only')
  const pieces = Readable.from(Array.from({ length: 700 }, () => Buffer.from('only\n')))
  const report = await testEngine().run(looking, files(pieces, { folder })).report()
  expect(report).toMatchObject({ result: 'succeeded', total: 700 })
})

/** What is left of a reader whose only shard was taken. */
function stillReader({ totalTasks, totalBytes, bytesRead }: Awaited<ReturnType<Source['open']>>) {
  return { totalTasks, totalBytes, bytesRead, close: () => {} }
}

function once<T>(value: T): () => T | undefined {
  let isFirst = true
  return () => {
    if (!isFirst) return undefined
    isFirst = false
    return value
  }
}

test('runs that end, are cancelled or cannot start leave no thread and no file behind', async () => {
  write(...Array.from({ length: 300 }, (_, n) => `${n}`))
  const script = `
    import { readdirSync } from 'node:fs'
    import { setTimeout as delay } from 'node:timers/promises'
    import { Engine, files } from '@fanfold/core'
    const counts = () => [readdirSync('/proc/self/task').length, readdirSync('/proc/self/fd').length]
    const options = { folder: ${JSON.stringify(folder)} }
    const engine = new Engine({ threads: 1 })
    const loaded = engine.load(${JSON.stringify(looking.href)})
    await loaded.run(files('*', options)).report()
    async function* unfinished() {
      yield Buffer.from('1\\n2\\n')
      await new Promise(() => {})
    }
    const once = async () => {
      await loaded.run(files('*', options)).report()
      for await (const outcome of loaded.run(files('*', options))) break
      await loaded.run(files('no*', options)).report().catch(() => {})
      for await (const outcome of loaded.run(files(unfinished(), options))) break
    }
    await once()
    const before = counts()
    for (let i = 0; i < 5; i++) await once()
    for (let i = 0; i < 1000 && counts().some((count, at) => count > before[at]); i++) await delay(10)
    console.log(counts().map((count, at) => Math.max(0, count - before[at])).join(' '))
    await engine.close()`
  expect(await runScript(script)).toBe('0 0\n')
})

test.each([
  ['its first file is looked for', {}],
  ['all its files are looked at for its journal', { journal: { path: 'never-made' } }],
])('a run that is cancelled while %s takes that search with it', async (_, options) => {
  // Through links every folder leads to every other, so that the search has no end to speak of.
  for (let n = 0; n < 12; n++) {
    mkdirSync(join(folder, `folder${n}`))
    for (let to = 0; to < 12; to++) if (to !== n) symlinkSync(`../folder${to}`, join(folder, `folder${n}`, `to${to}`))
  }
  const script = `
    import { Engine, files } from '@fanfold/core'
    const engine = new Engine({ threads: 1 })
    const source = files('**/none', { folder: ${JSON.stringify(folder)} })
    const run = engine.run(${JSON.stringify(looking.href)}, source, ${JSON.stringify(options)})
    const report = run.report()
    await new Promise((resolve) => setImmediate(resolve))
    run.cancel('enough')
    console.log((await report).result)
    await engine.close()`
  expect(await runScript(script)).toBe('aborted\n')
})

describe.each(['threads', 'processes'] as const)('in %s', (pool) => {
  test('every file is verified once, in order, on several threads', async () => {
    const names = Array.from({ length: 1500 }, (_, n) => `d${Math.floor(n / 100)}/${1000 + n}`).sort()
    write(...names)
    const run = testEngine({ threads: 2, pool }).run(looking, files('**', { folder }), { order: 'input' })
    const outcomes = await collect(run)
    expect(outcomes.map(({ file }) => file)).toEqual(names)
    expect(await run.report()).toMatchObject({ result: 'succeeded', total: 1500, verdicts: { pass: 1500 } })
  })
})
