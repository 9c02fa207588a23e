import { closeSync, openSync, readSync, statSync } from 'node:fs'
import type { Counts } from '../../bench-case.ts'

const BLOCK_BYTES = 1 << 20
const LF = 10

/** A stretch of a file, `to` exclusive, that starts and ends at record borders. */
export interface Range {
  readonly from: number
  readonly to: number
}

/**
 * Reads a stretch and counts what the schema says of its records. This is what a careful person writes by hand when
 * nothing has to be cut on the main thread, timed, accounted for or given back.
 */
export function countRange(path: string, { from, to }: Range, isValid: (record: unknown) => boolean): Counts {
  const block = Buffer.allocUnsafe(BLOCK_BYTES)
  const file = openSync(path, 'r')
  let pass = 0
  let fail = 0
  try {
    for (let at = from; at < to;) {
      const read = readSync(file, block, 0, Math.min(BLOCK_BYTES, to - at), at)
      // The record that the block cuts in two is read again with the next one.
      const end = block.lastIndexOf(LF, read - 1) + 1
      if (end === 0) throw new Error(`a record of ${path} is longer than ${BLOCK_BYTES} bytes, or has no line end`)
      // Decoded at once: a third of the cost of decoding line by line.
      const text = block.toString('utf8', 0, end)
      for (let start = 0; start < text.length;) {
        const stop = text.indexOf('\n', start)
        if (isValid(JSON.parse(text.slice(start, stop)))) pass++
        else fail++
        start = stop + 1
      }
      at += end
    }
  } finally {
    closeSync(file)
  }
  return { pass, fail }
}

/** Cuts a file into stretches of about the same size. */
export function splitFile(path: string, parts: number): Range[] {
  const { size } = statSync(path)
  const borders = Array.from({ length: parts + 1 }, (_, part) =>
    part === 0 ? 0 : part === parts ? size : recordStart(path, Math.floor((size * part) / parts)),
  )
  return borders.slice(1).map((to, part) => ({ from: borders[part] ?? 0, to }))
}

/** Where the first record starts that begins after `position`. */
function recordStart(path: string, position: number): number {
  const probe = Buffer.alloc(1 << 16)
  const file = openSync(path, 'r')
  try {
    const read = readSync(file, probe, 0, probe.length, position)
    return position + probe.subarray(0, read).indexOf(LF) + 1
  } finally {
    closeSync(file)
  }
}
