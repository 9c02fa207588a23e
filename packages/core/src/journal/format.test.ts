import { readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { afterAll, expect, test } from 'vitest'
import { Folder } from '../sources/testing/folder.ts'
import { encodeFrame, readFrames } from './format.ts'
import type { PlacedFrame } from './format.ts'
import type { Frame } from './frames.ts'
import { HEADER, line, settled } from './testing/written.ts'

const folder = new Folder()
afterAll(() => folder.remove())

async function read(content: Uint8Array | string): Promise<PlacedFrame[]> {
  const path = folder.file('j', content)
  const file = await open(path)
  try {
    const frames: PlacedFrame[] = []
    for await (const placed of readFrames(file, path)) frames.push(placed)
    return frames
  } finally {
    await file.close()
    expect(readFileSync(path)).toEqual(Buffer.from(content))
  }
}

const FRAMES: readonly Frame[] = [HEADER, settled([0, 3]), settled([3, 9, 12, 13])]
const LINES = FRAMES.map(encodeFrame)
const BYTES = Buffer.concat(LINES)
const ENDS = LINES.map((_, i) => Buffer.concat(LINES.slice(0, i + 1)).length)

test('what is written is read, with where it ends', async () => {
  expect(await read(BYTES)).toEqual(FRAMES.map((frame, i) => ({ frame, line: i + 1, end: ENDS[i] })))
})

test('a line is text that a person can read', () => {
  expect(encodeFrame(settled([0, 3]), 7).toString()).toMatch(
    /^[0-9a-f]{8} \{"frame":"settled","n":7,"ranges":\[0,3\],.*\}\n$/,
  )
})

test('frames larger than what is read at once are whole', async () => {
  const ranges = Array.from({ length: 100_000 }, (_, i) => i * 3)
  const large: Frame = { ...settled([]), ranges }
  const frames = await read(Buffer.concat([HEADER, large, settled([7, 8])].map(encodeFrame)))
  expect(frames.map(({ frame }) => frame)).toEqual([HEADER, large, settled([7, 8])])
})

test('cut off anywhere, it is what is whole', async () => {
  for (let length = 0; length <= BYTES.length; length++) {
    const whole = ENDS.filter((end) => end <= length).length
    // Of less than its beginning nobody can say that it is a journal's, and it might be somebody's file.
    const isUnknown = length > 0 && length < 26
    const frames = await read(BYTES.subarray(0, length)).catch((error: Error) => error.message)
    if (isUnknown) expect(frames).toContain('does not begin as a journal')
    else expect(frames).toHaveLength(whole)
  }
})

test('a torn end is left out, though it has a line end', async () => {
  const torn = Buffer.from(BYTES)
  torn[torn.length - 10]! ^= 1
  expect(await read(torn)).toHaveLength(2)
  expect(await read(Buffer.concat([torn, Buffer.from('half a li')]))).toHaveLength(2)
})

test('a bad line with good ones behind it is damage, and is named', async () => {
  const bad = Buffer.from(BYTES)
  bad[ENDS[0]! + 30]! ^= 1
  await expect(read(bad)).rejects.toMatchObject({
    code: 'FANFOLD_JOURNAL_DAMAGED',
    message: expect.stringContaining('damaged in line 2'),
  })
})

test.each<[string, readonly number[], number]>([
  ['a frame that is missing', [0, 2], 2],
  ['two frames that changed places', [0, 2, 1], 2],
  ['a frame that is there twice', [0, 1, 1, 2], 3],
  ['a header that is there twice', [0, 0, 1], 2],
])('%s is damage, and is named', async (_, order, line) => {
  await expect(read(Buffer.concat(order.map((i) => LINES[i]!)))).rejects.toMatchObject({
    code: 'FANFOLD_JOURNAL_DAMAGED',
    message: expect.stringContaining(`damaged in line ${line}: `),
  })
})

const WITHOUT_HEADER = 'damaged in line 1: '
test.each<[string, Buffer]>([
  ['lines that end as on Windows', Buffer.from(BYTES.toString().replaceAll('\n', '\r\n'))],
  ['lines that end as on old Macs', Buffer.from(BYTES.toString().replaceAll('\n', '\r'))],
  ['a header that was changed', Buffer.from(BYTES.toString().replace('"version":1', '"version":2'))],
  [
    'a header with the beginning of another frame behind it',
    Buffer.concat([Buffer.from(BYTES).fill('x', 60, 70)]).subarray(0, ENDS[0]! + 5),
  ],
])('a journal with %s is damaged, not none yet', async (_, content) => {
  await expect(read(content)).rejects.toMatchObject({
    code: 'FANFOLD_JOURNAL_DAMAGED',
    message: expect.stringContaining(WITHOUT_HEADER),
  })
})

test('nothing, and the zeros that a power cut leaves, are no journal yet', async () => {
  expect(await read('')).toEqual([])
  expect(await read(Buffer.alloc(4096))).toEqual([])
})

test.each([
  ['text', 'id,name\n1,Ann\n'],
  ['a few hexadecimal digits', '0badcafe'],
  ['a large file without a line end', Buffer.alloc(3_000_000, 'x')],
  ['a journal that begins with another frame', line('{"frame":"settled"}')],
  ['a journal of another version', line(JSON.stringify({ ...HEADER, version: 99 }))],
])('%s is foreign', async (_, content) => {
  await expect(read(content)).rejects.toMatchObject({ code: 'FANFOLD_JOURNAL_FOREIGN' })
})

test('a version that is not ours is named', async () => {
  await expect(read(line(JSON.stringify({ ...HEADER, version: 99 })))).rejects.toThrow('version 99')
})

test('a file that is cut off while it is read does no harm', async () => {
  const path = folder.file('shrinking', BYTES)
  const file = await open(path)
  const frames = readFrames(file, path)
  await frames.next()
  truncateSync(path, 0)
  writeFileSync(path, '')
  for await (const { frame } of frames) expect(frame.frame).toBe('settled')
  await file.close()
})
