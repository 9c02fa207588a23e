import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { afterAll, expect, test } from 'vitest'
import { copyLines } from './copy-lines.ts'

const folder = mkdtempSync(join(tmpdir(), 'fanfold-copy-'))
afterAll(() => rmSync(folder, { recursive: true }))
const [from, to] = [join(folder, 'from'), join(folder, 'to')]

async function copied(text: string, end: number, isDropped: (index: number) => boolean): Promise<string> {
  writeFileSync(from, text)
  const [source, target] = [await open(from), await open(to, 'w')]
  try {
    const { offset, crc } = await copyLines(source, end, target, isDropped)
    const written = readFileSync(to)
    expect([offset, crc]).toEqual([written.length, crc32(written)])
    return written.toString()
  } finally {
    await source.close()
    await target.close()
  }
}

function line(index: number, bytes: number): string {
  return `{"index":${index},"record":"${'é'.repeat(bytes)}"}\n`
}

test('the lines of what is dropped are left out, whatever borders of blocks they lie across', async () => {
  // Some are longer than a block of 1 MB.
  const lines = Array.from({ length: 60 }, (_, n) => line(n * 7, n % 13 === 5 ? 900_000 : (n * 6_151) % 70_000))
  const expected = lines.filter((_, n) => n % 3 !== 1 && n < 50).join('')
  const end = Buffer.byteLength(lines.slice(0, 50).join(''))
  const text = await copied(lines.join(''), end, (index) => index % 3 === 1)
  // As texts: the message of a difference would be megabytes long.
  expect(text === expected).toBe(true)
})

test.each([
  ['none', (): boolean => false, `${line(0, 3)}${line(12, 3)}`],
  ['all', (): boolean => true, ''],
  ['the last', (index: number): boolean => index === 12, line(0, 3)],
])('with %s dropped', async (_, isDropped, expected) => {
  const text = `${line(0, 3)}${line(12, 3)}`
  expect(await copied(text, Buffer.byteLength(text), isDropped)).toBe(expected)
})

test('an end that is in the midst of a line, or behind the file, is an error', async () => {
  await expect(copied(line(1, 3), 10, () => false)).rejects.toThrow('its line at byte 0 does not end at 10')
  await expect(copied(line(1, 3), 1000, () => false)).rejects.toThrow('it has 30 bytes, and should have 1000')
})
