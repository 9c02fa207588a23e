import { chmodSync, existsSync, statSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { afterAll, expect, test } from 'vitest'
import { JournaledFile } from './journaled-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'fanfold-out-'))
afterAll(() => rmSync(folder, { recursive: true }))

async function opened(name: string, offset: number = 0): Promise<JournaledFile> {
  const file = await JournaledFile.at(join(folder, name), {
    only: undefined,
    include: 'none',
    timings: true,
    order: 'arrival',
    interrupted: new AbortController().signal,
  })
  await file.resumeAt(offset)
  return file
}

function content(name: string): string {
  return readFileSync(join(folder, name), 'utf8')
}

function line(index: number, bytes: number = 0): string {
  return `{"index":${index},"x":"${'x'.repeat(bytes)}"}\n`
}

test('marks end where what was gathered ends, sent or not, and sum up what came since the last one', async () => {
  const file = await opened('marks')
  let text = ''
  let marked = 0
  const add = (index: number): void => {
    const added = line(index, index * 997)
    text += added
    file.bytes.add(Buffer.from(added))
  }
  for (let index = 0; index < 40; index++) {
    add(index)
    if (index % 3 === 0) await file.send()
    if (index % 4 !== 0) continue
    expect(file.mark()).toEqual({ offset: text.length, crc: crc32(text.slice(marked)) })
    marked = text.length
  }
  expect(file.mark()).toEqual({ offset: text.length, crc: crc32(text.slice(marked)) })
  expect(file.mark()).toEqual({ offset: text.length, crc: 0 })
  await file.durable()
  expect(content('marks') === text).toBe(true)
  await file.close()
})

test('what is durable is all up to the mark, and may be more; two who send at once mix nothing up', async () => {
  const file = await opened('durable')
  const texts = Array.from({ length: 60 }, (_, index) => line(index, 30_000))
  const sent: Promise<void>[] = []
  for (const [index, text] of texts.entries()) {
    file.bytes.add(Buffer.from(text))
    if (index % 5 === 0) {
      const { offset } = file.mark()
      sent.push(file.durable().then(() => expect(content('durable').length).toBeGreaterThanOrEqual(offset)))
    }
    if (index % 2 === 0) sent.push(file.send())
    if (index % 7 === 0) await Promise.all(sent)
  }
  await Promise.all(sent)
  await file.send()
  expect(await file.close()).toBeUndefined()
  expect(content('durable') === texts.join('')).toBe(true)
})

test('a stretch is there with its checksum only, and nothing is there always', async () => {
  writeFileSync(join(folder, 'stretch'), 'one\ntwo\n')
  const file = await opened('stretch', 8)
  expect(await file.matches(4, 8, crc32('two\n'))).toBe(true)
  expect(await file.matches(0, 8, crc32('one\ntwo\n'))).toBe(true)
  expect(await file.matches(4, 8, crc32('tow\n'))).toBe(false)
  expect(await file.matches(4, 9, crc32('two\n'))).toBe(false)
  await file.close()
  rmSync(join(folder, 'stretch'))
  expect(await file.matches(0, 8, crc32('one\ntwo\n'))).toBe(false)
  expect(await file.matches(0, 0, 0)).toBe(true)
})

test('the rewritten file takes the place of the old one, not of a link to it, and lines go behind it', async () => {
  writeFileSync(join(folder, 'redriven'), line(0) + line(1) + line(2))
  symlinkSync('redriven', join(folder, 'link'))
  chmodSync(join(folder, 'redriven'), 0o600)
  const file = await opened('link', 3 * line(0).length)
  const rewritten = await file.rewriteWithout((index) => index === 1, 3 * line(0).length)
  expect(content('redriven')).toBe(line(0) + line(1) + line(2))
  expect(await file.adopt(rewritten)).toBe(true)
  await file.resumeAt(rewritten.offset)
  file.bytes.add(Buffer.from(line(1)))
  file.mark()
  await file.durable()
  expect(content('redriven')).toBe(line(0) + line(2) + line(1))
  expect(statSync(join(folder, 'redriven')).mode & 0o777).toBe(0o600)
  expect(existsSync(rewritten.temporary)).toBe(false)
  await file.close()
})

test.each([
  ['another length', line(0), undefined],
  ['other bytes', line(1), undefined],
  ['no file', line(0), 'gone'],
])('%s is not taken for what was rewritten', async (what, text, gone) => {
  const name = `kept ${what}`
  writeFileSync(join(folder, name), line(0))
  const file = await opened(name, line(0).length)
  const temporary = join(folder, `${name}.new`)
  if (gone === undefined) writeFileSync(temporary, text)
  const offset = what === 'another length' ? 3 : text.length
  expect(await file.adopt({ temporary, offset, crc: crc32(line(0).slice(0, offset)) })).toBe(false)
  expect(content(name)).toBe(line(0))
  await file.close()
})

test('once it was given up, or a write has failed, nothing is durable any more', async () => {
  const file = await opened('given-up')
  file.bytes.add(Buffer.from(line(0)))
  file.mark()
  file.giveUp(new Error('half a batch'))
  const failure = { code: 'FANFOLD_OUTPUT_FAILED', message: expect.stringMatching(/half a batch\. .*--resume\.$/) }
  await expect(file.durable()).rejects.toMatchObject(failure)
  await expect(file.durable()).rejects.toMatchObject(failure)
  expect(await file.close()).toMatchObject(failure)
})
