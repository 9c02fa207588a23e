import { lengthBytesFor, lengthsIn } from '@fanfold/workers/protocol'
import type { Lengths, StringsPayload } from '@fanfold/workers/protocol'

/**
 * Characters that are joined and encoded at once, which spreads the cost of a call into the runtime. More do not fit into the
 * caches beside their rope.
 */
const GROUP_LENGTH = 32 * 1024
/** What is left behind the characters: an encoder that has room for one more cannot stop early and look as if all were ASCII. */
const SPARE = 8

/** A stretch of an array, of which every item was a string when it was read. */
export interface Strings {
  readonly items: readonly unknown[]
  readonly from: number
  /** Exclusive. */
  readonly to: number
  /** No fewer than they have together, in UTF-16 code units. */
  readonly characters: number
  /** Of the longest. */
  readonly longest: number
}

/** What the characters are written with; it returns how many bytes, or `undefined` when it cannot hold the text. */
type Write = (text: string, memory: Buffer, at: number) => number | undefined

const encoder = new TextEncoder()
/** Used again for every payload: fresh memory costs page faults, more than the copy into the buffer that travels. */
let scratch = Buffer.alloc(0)

/**
 * Strings as one stretch of characters. Only what is proven to arrive as it is gets encoded so: ASCII by its UTF-8 being
 * no longer than the text, Latin-1 by reading it back; UTF-16 holds every string, lone surrogates too.
 *
 * @returns bytes that hold until the next call; `undefined` when an item is no string any more.
 */
export function encodeStrings(strings: Strings): Omit<StringsPayload, 'firstIndex'> | undefined {
  const { from, to, characters, longest } = strings
  const count = to - from
  const lengthBytes = lengthBytesFor(longest)
  const at = count * lengthBytes
  const memory = memoryFor(at + 2 * characters + SPARE)
  const lengths = lengthsIn(memory, count, lengthBytes)
  for (const [write, encoding] of [
    [writeAscii, 'latin1'],
    [writeLatin1, 'latin1'],
    [writeUtf16, 'utf16le'],
  ] as const) {
    const end = writeAll(strings, lengths, memory, at, write)
    if (end !== undefined) return { kind: 'strings', bytes: memory.subarray(0, end), count, lengthBytes, encoding }
  }
  return undefined
}

/** Joined as a rope, and encoded group by group: half of what `join('')` costs. */
function writeAll(
  { items, from, to, longest }: Strings,
  lengths: Lengths,
  memory: Buffer,
  start: number,
  write: Write,
): number | undefined {
  let at = start
  let group = ''
  for (let i = from; i < to; i++) {
    const item = items[i]
    if (typeof item !== 'string' || item.length > longest) return undefined
    lengths[i - from] = item.length
    group += item
    if (group.length < GROUP_LENGTH) continue
    const written = write(group, memory, at)
    if (written === undefined) return undefined
    at += written
    group = ''
  }
  const written = write(group, memory, at)
  return written === undefined ? undefined : at + written
}

function writeAscii(text: string, memory: Buffer, at: number): number | undefined {
  const { read, written } = encoder.encodeInto(text, memory.subarray(at))
  return read === text.length && written === text.length ? written : undefined
}

function writeLatin1(text: string, memory: Buffer, at: number): number | undefined {
  const written = memory.write(text, at, 'latin1')
  return memory.toString('latin1', at, at + written) === text ? written : undefined
}

function writeUtf16(text: string, memory: Buffer, at: number): number | undefined {
  const written = memory.write(text, at, 'utf16le')
  return written === 2 * text.length ? written : undefined
}

function memoryFor(bytes: number): Buffer {
  // Not from Node's pool, so that it is aligned.
  if (scratch.length < bytes) scratch = Buffer.allocUnsafeSlow(bytes)
  return scratch
}
