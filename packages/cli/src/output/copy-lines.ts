import { Buffer } from 'node:buffer'
import type { FileHandle } from 'node:fs/promises'
import { crc32 } from 'node:zlib'
import { writeFully } from './output.ts'

const BLOCK_BYTES = 1024 * 1024
const LINE_END = 10
const ZERO = 48
const NINE = 57
/** What every line of outcomes begins with; digits follow. */
const START = '{"index":'

/**
 * Copies the outcome lines in the first `end` bytes of a file to an empty one, without those of some indices. A line is
 * known by how it begins, and is not parsed.
 *
 * @returns how many bytes were written, and their CRC-32
 * @throws what reading or writing throws, or when the lines do not end there
 */
export async function copyLines(
  source: FileHandle,
  end: number,
  target: FileHandle,
  isDropped: (index: number) => boolean,
): Promise<{ readonly offset: number; readonly crc: number }> {
  const block = Buffer.allocUnsafe(BLOCK_BYTES)
  /** The beginning of a line that goes on in the next block. */
  let rest: Buffer = Buffer.alloc(0)
  let offset = 0
  let crc = 0
  for (let at = 0; at < end;) {
    const { bytesRead } = await source.read(block, 0, Math.min(block.length, end - at), at)
    if (bytesRead === 0) throw new Error(`it has ${at} bytes, and should have ${end}`)
    at += bytesRead
    const bytes = Buffer.concat([rest, block.subarray(0, bytesRead)])
    const linesEnd = bytes.lastIndexOf(LINE_END) + 1
    const kept = keptOf(bytes.subarray(0, linesEnd), isDropped)
    await writeFully(target.fd, kept, offset)
    crc = crc32(kept, crc)
    offset += kept.length
    rest = bytes.subarray(linesEnd)
  }
  if (rest.length > 0) throw new Error(`its line at byte ${end - rest.length} does not end at ${end}`)
  return { offset, crc }
}

/** Of whole lines; those that follow each other are copied together. */
function keptOf(lines: Buffer, isDropped: (index: number) => boolean): Buffer {
  const kept: Buffer[] = []
  let from = 0
  for (let at = 0; at < lines.length;) {
    const next = lines.indexOf(LINE_END, at) + 1
    if (isDropped(indexOf(lines, at))) {
      kept.push(lines.subarray(from, at))
      from = next
    }
    at = next
  }
  return Buffer.concat([...kept, lines.subarray(from)])
}

function indexOf(lines: Buffer, start: number): number {
  let index = 0
  for (let at = start + START.length; lines[at]! >= ZERO && lines[at]! <= NINE; at++) {
    index = index * 10 + lines[at]! - ZERO
  }
  return index
}
