import type { OutcomePart } from '@fanfold/workers/protocol'
import { expect, test } from 'vitest'
import { ownPart } from './own-part.ts'

test('no column of a part shares memory with what it was read from', () => {
  const read = new ArrayBuffer(64)
  const bytes = (at: number): Uint8Array => Buffer.from(read, at, 4).fill(at)
  const part: OutcomePart = {
    positions: new Uint32Array(read, 0, 1),
    statuses: new Uint8Array(read, 4, 4),
    verdicts: new Uint8Array(read, 8, 4),
    durations: new Float32Array(read, 12, 1),
    details: {
      ordinals: new Uint32Array(read, 16, 1),
      reasonIds: new Uint32Array(read, 20, 1),
      reasons: [],
      ends: new Uint32Array(read, 24, 1),
      bytes: bytes(28),
    },
    ids: undefined,
    lines: { bytes: bytes(32), ends: new Uint32Array(read, 36, 1) },
    tally: { statuses: [], verdicts: [], reasons: {}, buckets: [], slowest: [] },
    unsuccessful: [],
  }
  const { positions, details, lines, ...rest } = ownPart(part)
  const columns = [positions, rest.statuses, rest.verdicts, rest.durations]
  const others = [details!.ordinals, details!.reasonIds, details!.ends, details!.bytes, lines!.bytes, lines!.ends]
  for (const column of [...columns, ...others] as Uint8Array[]) {
    // Columns are typed arrays, as they were.
    expect(column.buffer).not.toBe(read)
    expect(column.byteLength).toBe(4)
  }
  expect([...lines!.bytes]).toEqual([32, 32, 32, 32])
})
