import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createReadStream, openSync, writeSync, closeSync, constants } from 'node:fs'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { pathToFileURL } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { lines } from './lines.ts'
import { ndjson } from './ndjson.ts'
import { drain, tasksOf, WIDE } from './testing/drain.ts'
import type { Drained } from './testing/drain.ts'
import { Folder } from './testing/folder.ts'

const folder = new Folder()
afterAll(() => folder.remove())

const items = ({ tasks }: Drained): unknown[] => tasks.map((task) => task.item)
const code = (expected: string, message: string): unknown =>
  expect.objectContaining({ code: expected, message: expect.stringContaining(message) })

/** Handles and requests that would keep this process alive, apart from the test runner's own. */
function openResources(): string[] {
  return process.getActiveResourcesInfo().filter((name) => /FS|File|Pipe|TTY|Timeout/.test(name))
}

async function settled(before: readonly string[]): Promise<void> {
  await expect.poll(() => openResources().length, { timeout: 5000 }).toBeLessThanOrEqual(before.length)
}

test('a file that does not exist is named before anything is read', async () => {
  const there = folder.file('there.txt', 'x')
  const missing = join(folder.path, 'missing.txt')
  await expect(lines([there, missing]).open()).rejects.toEqual(code('FANFOLD_SOURCE_UNREADABLE', `'${missing}'`))
})

test('a folder is no input', async () => {
  await expect(ndjson(folder.path).open()).rejects.toEqual(code('FANFOLD_SOURCE_UNREADABLE', 'it is a folder'))
})

test('the index goes on over the lines of earlier files, and tasks name their file as it was given', async () => {
  const first = folder.file('first.ndjson', '1\n\n2\n\n')
  const second = pathToFileURL(folder.file('second.ndjson', '\u{FEFF}3'))
  const { tasks } = await drain(ndjson([first, second]))
  expect(tasks.map(({ index, line, file, item }) => [index, line, file, item])).toEqual([
    [0, 1, first, 1],
    [2, 3, first, 2],
    [4, 1, String(second), 3],
  ])
})

test('no shard has records of two files', async () => {
  const paths = ['a', 'b', 'c'].map((name) => folder.file(name, `${name}\n`))
  const { shards } = await drain(lines(paths))
  expect(shards.map((shard) => shard.file)).toEqual(paths)
})

test('the size of files is known before reading, and the bytes read add up to it', async () => {
  const paths = [folder.file('s1', '\u{FEFF}a\nb\n'), folder.file('s2', 'c')]
  const reader = await lines(paths).open()
  expect(reader.totalBytes).toBe(8)
  while ((await reader.next(WIDE)) !== undefined);
  expect(reader.bytesRead).toBe(8)
  expect(await reader.next(WIDE)).toBeUndefined()
})

test('of a small file, only what was handed out counts as read', async () => {
  const reader = await lines(folder.file('small', 'a\nb\nc\nd\n')).open()
  const read: number[] = []
  while ((await reader.next({ maxTasks: 1, maxBytes: 1024 })) !== undefined) read.push(reader.bytesRead)
  expect(read).toEqual([2, 4, 6, 8])
})

test('a file that breaks while it is read ends the source with the cause', async () => {
  const broken = (await drain(lines('/proc/self/mem'))).broken
  expect(broken).toEqual(code('FANFOLD_SOURCE_FAILED', "'/proc/self/mem' broke"))
  expect(broken?.cause).toEqual(expect.objectContaining({ code: 'EIO' }))
})

test('a named pipe is read as it is written, without waiting for more', async () => {
  const path = join(folder.path, 'pipe')
  execFileSync('mkfifo', [path])
  const reader = await lines(path).open()
  expect(reader.totalBytes).toBeUndefined()
  const next = reader.next(WIDE)
  const writer = openSync(path, constants.O_WRONLY)
  writeSync(writer, 'a\nb\npart')
  const shard = await next
  expect(shard && tasksOf(shard).map((task) => task.item)).toEqual(['a', 'b'])
  writeSync(writer, 'ial\n')
  closeSync(writer)
  const last = await reader.next(WIDE)
  expect(last && tasksOf(last).map((task) => task.item)).toEqual(['partial'])
  expect(await reader.next(WIDE)).toBeUndefined()
})

test('a named pipe that nobody writes to can be closed, and leaves no handle', async () => {
  const before = openResources()
  const path = join(folder.path, 'silent')
  execFileSync('mkfifo', [path])
  const reader = await lines(path).open()
  const next = reader.next(WIDE)
  reader.close()
  expect(await next).toBeUndefined()
  await settled(before)
})

test('a file that is closed half way leaves no handle', async () => {
  const before = openResources()
  const reader = await lines([folder.file('half', 'x\n'.repeat(3_000_000)), folder.file('never', 'x')]).open()
  await reader.next({ maxTasks: 10, maxBytes: 1000 })
  reader.close()
  await settled(before)
})

const READ_STDIN = `
  import { lines } from ${JSON.stringify(new URL('../../dist/sources/index.js', import.meta.url).href)}
  const reader = await lines('/dev/stdin').open()
  for (let n = 0; ; ) {
    const shard = await reader.next({ maxTasks: 1e6, maxBytes: 1e6 })
    if (shard === undefined) { console.log(n); break }
    n += shard.tasks
  }
  reader.close()`

test('/dev/stdin is read when it is a pipe, a file, nothing, or the socket that Node makes', async () => {
  const path = folder.file('stdin', 'x\n'.repeat(100_000))
  const script = folder.file('stdin.mjs', READ_STDIN)
  const shell = (command: string): string =>
    execFileSync('sh', ['-c', command, process.execPath, script, path], { encoding: 'utf8', timeout: 20_000 }).trim()
  expect(shell('cat "$2" | "$0" "$1"')).toBe('100000')
  expect(shell('"$0" "$1" < "$2"')).toBe('100000')
  expect(shell('"$0" "$1" < /dev/null')).toBe('0')
  const child = spawn(process.execPath, [script], { stdio: ['pipe', 'pipe', 'inherit'] })
  child.stdin.end('a\nb\nc')
  const [output] = (await once(child.stdout, 'data')) as [Buffer]
  expect(output.toString().trim()).toBe('3')
})

test('a Node stream, a web stream and a generator of bytes are read alike', async () => {
  const path = folder.file('stream.ndjson', '{"a":1}\n{"a":2}')
  async function* bytes(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('{"a":1')
    yield new Uint8Array(0)
    yield Buffer.from('}\n{"a":2}')
  }
  const web = new Blob(['{"a":1}\n{"a":2}']).stream()
  for (const stream of [createReadStream(path), web, bytes()]) {
    expect(items(await drain(ndjson(stream)))).toEqual([{ a: 1 }, { a: 2 }])
  }
})

test('a stream that fails ends the source with its error, after what had come before', async () => {
  const cause = new Error('disk on fire')
  async function* failing(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('1\n2\n3')
    throw cause
  }
  const drained = await drain(ndjson(failing()))
  expect(items(drained)).toEqual([1, 2])
  expect(drained.broken).toEqual(code('FANFOLD_SOURCE_FAILED', 'disk on fire'))
  expect(drained.broken?.cause).toBe(cause)
})

test('a stream of strings is refused with what to do', async () => {
  const stream = Readable.from([Buffer.from('1\n')]).setEncoding('utf8')
  const { broken } = await drain(ndjson(stream))
  expect(broken).toEqual(code('FANFOLD_SOURCE_FAILED', 'setEncoding'))
})

test('a stream that is silent is closed at once, and is destroyed', async () => {
  const stream = new PassThrough()
  const reader = await ndjson(stream).open()
  const next = reader.next(WIDE)
  reader.close()
  expect(await next).toBeUndefined()
  expect(stream.destroyed).toBe(true)
})

test('a web stream that is silent is cancelled', async () => {
  let cancelled = false
  const stream = new ReadableStream<Uint8Array>({
    cancel: () => {
      cancelled = true
    },
  })
  const reader = await ndjson(stream).open()
  const next = reader.next(WIDE)
  reader.close()
  expect(await next).toBeUndefined()
  expect(cancelled).toBe(true)
})

test('a stream is read once: the second run is refused rather than empty', async () => {
  const source = ndjson(Readable.from([Buffer.from('1\n')]))
  expect(items(await drain(source))).toEqual([1])
  await expect(source.open()).rejects.toEqual(code('FANFOLD_SOURCE_UNREADABLE', 'read already'))
})

test('what is no path and no stream is refused at once', () => {
  // What JavaScript may give, whatever the types say.
  for (const input of [42, null, [], ['a', 1], new URL('https://example.com/x'), {}] as never[]) {
    expect(() => ndjson(input)).toThrow(code('FANFOLD_BAD_SOURCE', 'ndjson() received'))
  }
})

test('a limit that is no number of bytes is refused at once', () => {
  for (const maxRecordBytes of [0, -1, 1.5, NaN]) {
    expect(() => lines('x', { maxRecordBytes })).toThrow(code('FANFOLD_BAD_OPTION', 'maxRecordBytes'))
  }
})
