import { crc32 } from 'node:zlib'
import type { Frame, JournalIdentity, SettledFrame } from '../frames.ts'
import { JOURNAL_VERSION } from '../frames.ts'
import { RunningSums } from '../sums.ts'

/** A run of no particular source. */
export const IDENTITY: JournalIdentity = {
  source: { reading: {}, id: 'test' },
  verifier: { url: 'file:///verifier.ts', sha256: 'a' },
  config: 'c',
  order: 'arrival',
}

export const HEADER: Frame = {
  frame: 'header',
  version: JOURNAL_VERSION,
  createdAt: '2026-01-01T00:00:00.000Z',
  ...IDENTITY,
}

/** Says that these passed, in 1 ms each, and those were errored in 2 ms. */
export function settled(ranges: readonly number[], errored: readonly number[] = []): SettledFrame {
  const sums = new RunningSums()
  for (let i = 0; i < ranges.length; i += 2) {
    for (let index = ranges[i]!; index < ranges[i + 1]!; index++) {
      if (errored.includes(index)) continue
      sums.addVerdict(0, 1)
      sums.addBucket(1, 1)
      sums.rank(index, 1)
    }
  }
  return { frame: 'settled', ranges, unsuccessful: errored.map((index) => [index, 1, 2, 0]), sums: sums.toSums() }
}

/** A line with a right checksum. */
export function line(json: string): string {
  return `${crc32(json).toString(16).padStart(8, '0')} ${json}\n`
}
