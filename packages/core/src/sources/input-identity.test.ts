import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { pathToFileURL } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { csv } from './csv.ts'
import { lines } from './lines.ts'
import { ndjson } from './ndjson.ts'
import { Folder } from './testing/folder.ts'
import { toSource } from './to-source.ts'

const folder = new Folder()
afterAll(() => folder.remove())

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

test('a file is known by its size and both ends', async () => {
  const bytes = Buffer.from(Array.from({ length: 200_000 }, (_, i) => i % 251))
  const path = folder.file('large', bytes)
  const small = folder.file('small', 'a\nb\n')
  expect((await lines([path, pathToFileURL(small)]).identity!()).inputs).toEqual([
    { name: path, bytes: 200_000, head: sha256(bytes.subarray(0, 65_536)), tail: sha256(bytes.subarray(-65_536)) },
    {
      name: pathToFileURL(small).href,
      bytes: 4,
      head: sha256(Buffer.from('a\nb\n')),
      tail: sha256(Buffer.from('a\nb\n')),
    },
  ])
})

test('how it is read belongs to it', async () => {
  const path = folder.file('read', '1\n')
  expect((await lines(path).identity!()).reading).toEqual({ format: 'lines', maxRecordBytes: '16777216' })
  expect((await ndjson(path, { id: '/id', maxRecordBytes: 99 }).identity!()).reading).toEqual({
    ...{ format: 'ndjson', id: '/id', maxRecordBytes: '99' },
  })
  expect((await csv(path, { header: false, delimiter: ';' }).identity!()).reading).toEqual({
    ...{ format: 'csv', delimiter: ';', header: 'false', maxRecordBytes: '16777216' },
  })
})

test('what is not in files is not known by them', async () => {
  const fifo = `${folder.path}/fifo`
  execFileSync('mkfifo', [fifo])
  expect((await lines(fifo).identity!()).inputs).toBeUndefined()
  expect((await lines([folder.file('beside', ''), fifo]).identity!()).inputs).toBeUndefined()
  expect((await lines('/dev/null').identity!()).inputs).toBeUndefined()
  expect((await lines(Readable.from([Buffer.from('a')])).identity!()).inputs).toBeUndefined()
  expect(await toSource([1, 2]).identity?.()).toBeUndefined()
})

test('an input that is not there is told as when it is opened', async () => {
  const missing = lines(`${folder.path}/missing`)
  await expect(missing.identity!()).rejects.toMatchObject({ code: 'FANFOLD_SOURCE_UNREADABLE' })
  await expect(missing.identity!()).rejects.toThrow('there is no such file')
})
