/**
 * The journal on disk: one frame a line, `<CRC-32 of the JSON, 8 hex digits> <JSON>\n`. JSON has no line end of its own,
 * so a line is whole or not, and the file can be read with `less`. `n` in the JSON numbers the frames, the header 0, so
 * that a whole line that is missing, or at another place, is noticed.
 */
import { Buffer } from 'node:buffer'
import type { FileHandle } from 'node:fs/promises'
import { crc32 } from 'node:zlib'
import { FanfoldError } from '../errors.ts'
import { JOURNAL_VERSION } from './frames.ts'
import type { Frame, HeaderFrame } from './frames.ts'

const LF = 10
const CRC_DIGITS = 8
const BLOCK_BYTES = 256 * 1024
/** How every journal goes on behind its first checksum. */
const START = ' {"frame":"header"'
const HEX = /^[0-9a-f]{8}$/

/** @param n - how many frames are before it */
export function encodeFrame({ frame, ...content }: Frame, n: number): Buffer {
  const json = Buffer.from(JSON.stringify({ frame, n, ...content }))
  const line = Buffer.allocUnsafe(CRC_DIGITS + 1 + json.length + 1)
  line.write(`${hex(crc32(json))} `, 'latin1')
  json.copy(line, CRC_DIGITS + 1)
  line[line.length - 1] = LF
  return line
}

function hex(crc: number): string {
  return crc.toString(16).padStart(CRC_DIGITS, '0')
}

type NumberedFrame = Frame & { readonly n: number }

/** The frame of a line without its line end; `undefined` if the checksum is not that of the rest. */
function decodeFrame(line: Buffer): NumberedFrame | undefined {
  const digits = line.toString('latin1', 0, CRC_DIGITS)
  const json = line.subarray(CRC_DIGITS + 1)
  if (line[CRC_DIGITS] !== 32 || !HEX.test(digits) || crc32(json) !== Number.parseInt(digits, 16)) return undefined
  try {
    return JSON.parse(json.toString()) as NumberedFrame // the checksum says that this is what we wrote
  } catch {
    return undefined
  }
}

/** A frame, and where it is in its file. */
export interface PlacedFrame {
  readonly frame: Frame
  /** 1-based */
  readonly line: number
  /** Where its line ends, in bytes from the start. */
  readonly end: number
}

/**
 * What a file of this path has in it: the frames, without a torn end, the header first. Nothing at all when all there is
 * is a part of a header (see {@link isBegun}), as a kill, or a power cut, leaves it. They are not kept: a long run's are hundreds of megabytes.
 *
 * @throws {FanfoldError} `FANFOLD_JOURNAL_FOREIGN`, `FANFOLD_JOURNAL_DAMAGED`
 */
export async function* readFrames(file: FileHandle, path: string): AsyncGenerator<PlacedFrame, void, undefined> {
  const beginning = await beginningOf(file)
  if (beginning === 'none') return
  if (beginning === 'foreign') throw foreign(path, 'it does not begin as a journal does')
  let lineNumber = 0
  let bad: number | undefined
  for await (const { line, end } of linesOf(file)) {
    lineNumber++
    const numbered = end === undefined ? undefined : decodeFrame(line)
    // What was written last may be torn, and nothing else; behind a header nothing is written before it is durable.
    if (bad === 1 || (bad !== undefined && numbered !== undefined)) {
      throw damaged(path, bad, 'its checksum is not that of its text, though more was written after it')
    }
    if (numbered === undefined || end === undefined) {
      if (lineNumber === 1 && !isTornHeader(line)) throw damaged(path, 1, 'it is no header, whole or torn')
      bad ??= lineNumber
      continue
    }
    const { n, ...frame } = numbered
    if (lineNumber === 1) checkHeader(frame, path)
    if (n !== lineNumber - 1) {
      throw damaged(path, lineNumber, `it has frame ${n}, and frame ${lineNumber - 1} belongs there`)
    }
    yield { frame, line: lineNumber, end }
  }
}

/** JSON has no control characters, so with one (the line ends of another system) it was changed. Zeros a power cut leaves. */
function isTornHeader(line: Buffer): boolean {
  return line.every((byte) => byte >= 32 || byte === 0)
}

/** Whether a file that has no frame has something in it all the same: a header that is torn. */
export async function isBegun(file: FileHandle): Promise<boolean> {
  return (await beginningOf(file)) !== 'none'
}

/** Whether a file begins as a journal, was never begun, or is something else, which may be of any size. */
async function beginningOf(file: FileHandle): Promise<'journal' | 'none' | 'foreign'> {
  const bytes = Buffer.alloc(BLOCK_BYTES)
  const { bytesRead } = await file.read(bytes, 0, BLOCK_BYTES, 0)
  const beginning = bytes.subarray(0, bytesRead)
  // Zeros are what some file systems leave of a first write after a power cut.
  if (beginning.every((byte) => byte === 0)) return bytesRead < BLOCK_BYTES ? 'none' : 'foreign'
  const isHex = HEX.test(beginning.toString('latin1', 0, CRC_DIGITS))
  return isHex && beginning.toString('latin1', CRC_DIGITS, CRC_DIGITS + START.length) === START ? 'journal' : 'foreign'
}

function checkHeader(frame: Frame, path: string): asserts frame is HeaderFrame {
  if (frame.frame !== 'header') throw foreign(path, 'it does not begin as a journal does')
  if (frame.version === JOURNAL_VERSION) return
  throw foreign(path, `it is of version ${frame.version}, and this Fanfold writes version ${JOURNAL_VERSION}`)
}

/** Lines, as views that are valid until the next; without an `end`, the last has no line end. */
async function* linesOf(file: FileHandle): AsyncGenerator<{ readonly line: Buffer; readonly end: number | undefined }> {
  let rest: Buffer = Buffer.alloc(0)
  let position = 0
  for (;;) {
    const block = Buffer.allocUnsafe(BLOCK_BYTES)
    const { bytesRead } = await file.read(block, 0, BLOCK_BYTES, position)
    if (bytesRead === 0) break
    const bytes = rest.length === 0 ? block.subarray(0, bytesRead) : Buffer.concat([rest, block.subarray(0, bytesRead)])
    const start = position - rest.length
    let from = 0
    for (let to = bytes.indexOf(LF); to >= 0; to = bytes.indexOf(LF, from)) {
      yield { line: bytes.subarray(from, to), end: start + to + 1 }
      from = to + 1
    }
    rest = bytes.subarray(from)
    position += bytesRead
  }
  if (rest.length > 0) yield { line: rest, end: undefined }
}

export function foreign(path: string, problem: string): FanfoldError {
  const message = `the file '${path}' is not a journal that can be used: ${problem}. It was left as it is; give another path.`
  return new FanfoldError('FANFOLD_JOURNAL_FOREIGN', message)
}

/** What was durable has changed, or was never written by us. */
export function damaged(path: string, line: number | undefined, problem: string): FanfoldError {
  const where = line === undefined ? '' : ` in line ${line}`
  const message =
    `the journal '${path}' is damaged${where}: ${problem}. ` +
    `Restore the file from a copy, or move it away, and its output with it, to start anew.`
  return new FanfoldError('FANFOLD_JOURNAL_DAMAGED', message)
}
