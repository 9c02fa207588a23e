import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, expect, test } from 'vitest'
import { Folder } from '../sources/testing/folder.ts'
import { encodeFrame } from './format.ts'
import { JournalWriter } from './journal-writer.ts'
import type { JournalFile } from './journal-writer.ts'
import { HEADER, settled } from './testing/written.ts'

const folder = new Folder()
afterAll(() => folder.remove())

const EMPTY = { bytes: 0, frames: 0 }

const refuse = (error: Error): void => {
  throw error
}

/** A file that tells how much of it was written when it was last made durable. */
function watched(file: FileHandle): JournalFile & { durable: number; syncs: number } {
  let written = 0
  return {
    durable: 0,
    syncs: 0,
    async write(...args) {
      const result = await file.write(...args)
      written += result.bytesWritten
      return result
    },
    async datasync() {
      const before = written
      await file.datasync()
      this.durable = before
      this.syncs++
    },
    close: () => file.close(),
  }
}

test('frames are written in the order in which they were given, whoever waits', async () => {
  const path = folder.file('ordered', '')
  const writer = new JournalWriter(await open(path, 'r+'), path, EMPTY, refuse)
  const frames = Array.from({ length: 200 }, (_, i) => settled([i, i + 1]))
  await Promise.all(
    frames.map((frame, i) => (i % 7 === 0 ? writer.append(frame).then(() => writer.sync()) : writer.append(frame))),
  )
  await writer.close()
  expect(readFileSync(path, 'utf8')).toBe(frames.map((frame, i) => encodeFrame(frame, i).toString()).join(''))
})

test('a frame is written when its promise says so, and durable when sync says so', async () => {
  const path = folder.file('told', '')
  const file = watched(await open(path, 'r+'))
  const writer = new JournalWriter(file, path, EMPTY, refuse)
  await writer.append(HEADER)
  expect(readFileSync(path)).toEqual(encodeFrame(HEADER, 0))
  expect(file.durable).toBe(0)
  await writer.sync()
  expect(file.durable).toBe(encodeFrame(HEADER, 0).length)
  const later = Array.from({ length: 20 }, (_, i) => settled([i, i + 1]))
  // Appended while another sync is on its way, too.
  await Promise.all(
    later.map(async (frame) => {
      void writer.append(frame)
      await writer.sync()
      expect(readFileSync(path).length).toBeLessThanOrEqual(file.durable)
    }),
  )
  await writer.close()
})

test('what is written becomes durable by itself, within a second', async () => {
  const path = folder.file('by-itself', '')
  const file = watched(await open(path, 'r+'))
  const writer = new JournalWriter(file, path, EMPTY, refuse)
  await writer.append(HEADER)
  while (file.durable === 0) await new Promise((resolve) => setTimeout(resolve, 20))
  expect(file.durable).toBe(encodeFrame(HEADER, 0).length)
  await writer.close()
  // Nothing is dirty any more.
  expect(file.syncs).toBe(1)
})

test('close makes everything durable', async () => {
  const path = folder.file('closed', '')
  const file = watched(await open(path, 'r+'))
  const writer = new JournalWriter(file, path, EMPTY, refuse)
  void writer.append(HEADER)
  void writer.append(settled([0, 1]))
  await writer.close()
  expect(file.durable).toBe(readFileSync(path).length)
})

test('a full disk is told once, and nothing is written after it', async () => {
  const errors: Error[] = []
  const full = await open('/dev/full', 'r+')
  let writes = 0
  const counted: JournalFile = {
    write: (...args) => {
      writes++
      return full.write(...args)
    },
    datasync: () => full.datasync(),
    close: () => full.close(),
  }
  const writer = new JournalWriter(counted, '/dev/full', EMPTY, (error) => errors.push(error))
  await Promise.all([writer.append(HEADER), writer.append(HEADER), writer.sync()])
  await writer.append(HEADER)
  await writer.sync()
  await writer.close()
  expect(writes).toBe(1)
  expect(errors).toMatchObject([{ code: 'FANFOLD_JOURNAL_FAILED', cause: { code: 'ENOSPC' } }])
  expect(errors[0]!.message).toMatch(/^the journal '\/dev\/full' cannot be written: ENOSPC.*Free the space/)
})

test('a file that must not grow is as a full disk, and keeps what was whole', async () => {
  const path = folder.file('limited', '')
  const script = fileURLToPath(new URL('testing/write-until-full.ts', import.meta.url))
  // In blocks of 1024 bytes; the signal would end the process before the write can fail.
  const shell = `trap '' XFSZ; ulimit -f 8; exec "$0" "$1" "$2"`
  const { stdout } = await promisify(execFile)('bash', ['-c', shell, process.execPath, script, path])
  expect(stdout).toContain('FANFOLD_JOURNAL_FAILED EFBIG')
  const lines: string[] = []
  for (let bytes = 0; bytes <= 8192; bytes += lines.at(-1)!.length) {
    lines.push(encodeFrame(settled([0, 1]), lines.length).toString())
  }
  expect(readFileSync(path, 'utf8').startsWith(lines.slice(0, -1).join(''))).toBe(true)
})

test('a failed datasync is the end: nobody knows what is on the disk', async () => {
  // A pipe can be written and not synced.
  const fifo = `${folder.path}/fifo`
  await promisify(execFile)('mkfifo', [fifo])
  const file = await open(fifo, 'r+')
  const errors: Error[] = []
  const sequential: JournalFile = {
    write: (bytes, offset, length) => file.write(bytes, offset, length, null),
    datasync: () => file.datasync(),
    close: () => file.close(),
  }
  const writer = new JournalWriter(sequential, fifo, EMPTY, (error) => errors.push(error))
  await writer.append(HEADER)
  expect(errors).toEqual([])
  await writer.sync()
  expect(errors).toMatchObject([{ code: 'FANFOLD_JOURNAL_FAILED', cause: { code: 'EINVAL' } }])
  await writer.close()
})

test('a writer with something to make durable does not keep its process', async () => {
  const script = fileURLToPath(new URL('testing/write-and-leave.ts', import.meta.url))
  const child = execFile(process.execPath, [script, folder.file('left', '')])
  expect(await once(child, 'exit')).toEqual([0, null])
})
