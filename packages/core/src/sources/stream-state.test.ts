import { createReadStream } from 'node:fs'
import { PassThrough, Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { finished } from 'node:stream/promises'
import { expect, test } from 'vitest'
import { csv } from './csv.ts'
import { lines } from './lines.ts'
import { ndjson } from './ndjson.ts'
import type { Source } from './shard.ts'
import { drain } from './testing/drain.ts'
import type { TextInput } from './text-source.ts'
import { toSource } from './to-source.ts'

const factories: readonly ((stream: TextInput) => Source)[] = [ndjson, csv, lines, toSource]
const node = (): Readable => Readable.from([Buffer.from('1\n'), Buffer.from('2\n')])
const web = (): ReadableStream<Uint8Array> => new Blob(['1\n2\n']).stream()

test.each<[string, () => Promise<TextInput>]>([
  [
    'a Node stream that was read to its end',
    async () => {
      const stream = node()
      await buffer(stream)
      return stream
    },
  ],
  [
    'a Node stream that was read from',
    async () => {
      const stream = node()
      await new Promise((resolve) => stream.once('readable', resolve))
      stream.read()
      return stream
    },
  ],
  [
    'a Node stream that was empty and has ended',
    async () => {
      const stream = new PassThrough()
      stream.end()
      await finished(stream.resume())
      return stream
    },
  ],
  [
    'a Node stream that was destroyed',
    async () => {
      const stream = node()
      await finished(stream.destroy()).catch(() => {})
      return stream
    },
  ],
  [
    'a web stream that was read to its end',
    async () => {
      const stream = web()
      await new Response(stream).text()
      return stream
    },
  ],
  [
    'a web stream that was read from',
    async () => {
      const stream = web()
      const reader = stream.getReader()
      await reader.read()
      reader.releaseLock()
      return stream
    },
  ],
  [
    'a web stream that has a reader',
    async () => {
      const stream = web()
      stream.getReader()
      return stream
    },
  ],
])('%s is refused, rather than a success of nothing', async (_, make) => {
  for (const factory of factories) {
    const source = factory(await make())
    await expect(source.open()).rejects.toMatchObject({
      code: 'FANFOLD_SOURCE_UNREADABLE',
      message: expect.stringContaining('that nobody reads, and a new one for each run.'),
    })
  }
})

test('a stream that nobody read is read, even when it has ended by now or waits in its buffer', async () => {
  for (const make of [node, web]) expect((await drain(lines(make()))).tasks).toHaveLength(2)
  const waiting = new PassThrough()
  waiting.end('1\n2\n')
  await new Promise((resolve) => setTimeout(resolve, 10))
  expect((await drain(lines(waiting))).tasks).toHaveLength(2)
})

test('a stream that failed before it was read tells its own error', async () => {
  const stream = createReadStream('/does/not/exist')
  await finished(stream).catch(() => {})
  const { broken } = await drain(ndjson(stream))
  expect(broken).toMatchObject({ code: 'FANFOLD_SOURCE_FAILED', cause: { code: 'ENOENT' } })
})

test('an iterable that does not let itself be opened is refused with its reason', async () => {
  const cause = new Error('no cursor')
  const input = {
    [Symbol.asyncIterator]: () => {
      throw cause
    },
  }
  await expect(toSource(input).open()).rejects.toMatchObject({ code: 'FANFOLD_SOURCE_UNREADABLE', cause })
})
