import { FanfoldError } from '@fanfold/workers/protocol'
import { readRecords } from '@fanfold/workers/records'
import type { ReadLimits, Shard, ShardReader, Source } from '../shard.ts'

/** A task as it gets to a verifier. */
export interface ReadTask {
  readonly index: number
  readonly line: number | undefined
  readonly file: string | undefined
  readonly id: unknown
  readonly record: unknown
  /** The code of the error, for what cannot be read. */
  readonly error?: string
  readonly item?: unknown
}

export interface Drained {
  readonly tasks: readonly ReadTask[]
  readonly shards: readonly Shard[]
  /** The code of what broke the source. */
  readonly broken: FanfoldError | undefined
}

export const WIDE: ReadLimits = { maxTasks: 1_000_000, maxBytes: 1024 * 1024 }

/** Reads a source to its end. Payloads are made in pieces of at most `piece` records, as when a part is sent again. */
export async function drain(source: Source, limits: ReadLimits = WIDE, piece: number = Infinity): Promise<Drained> {
  const reader = await source.open()
  const shards: Shard[] = []
  const broken = await readAll(reader, limits, shards)
  reader.close()
  return { shards, broken, tasks: shards.flatMap((shard) => tasksOf(shard, piece)) }
}

async function readAll(reader: ShardReader, limits: ReadLimits, shards: Shard[]): Promise<FanfoldError | undefined> {
  try {
    for (;;) {
      const shard = await reader.next(limits)
      if (shard === undefined) return undefined
      shards.push(shard)
    }
  } catch (error) {
    if (error instanceof FanfoldError) return error
    throw error
  }
}

export function tasksOf(shard: Shard, piece: number = Infinity): ReadTask[] {
  if (shard.unreadable !== undefined) {
    return [{ ...placeOf(shard, 0), error: shard.unreadable.code }]
  }
  const tasks: ReadTask[] = []
  for (let from = 0; from < shard.tasks; from += piece) {
    const to = Math.min(shard.tasks, from + piece)
    // Through the structured clone algorithm, as the payload goes to a thread.
    const { payload, transfer } = shard.payload(from, to)
    const records = readRecords(structuredClone(payload, { transfer: [...transfer] }))
    if (records.count !== to - from)
      throw new Error(`${records.count} records in the payload, ${to - from} in the shard`)
    for (let ordinal = 0; ordinal < records.count; ordinal++) {
      const place = placeOf(shard, from + ordinal)
      if (records.index(ordinal) !== place.index || records.line(ordinal) !== place.line) {
        throw new Error(`thread and main thread differ on where record ${place.index} is`)
      }
      tasks.push({ ...place, ...itemOf(() => records.item(ordinal)) })
    }
  }
  return tasks
}

function placeOf(shard: Shard, position: number): ReadTask {
  return {
    index: shard.indexAt(position),
    line: shard.lineAt(position),
    file: shard.file,
    id: shard.idAt(position),
    record: shard.recordAt(position),
  }
}

function itemOf(read: () => unknown): { item: unknown } | { error: string } {
  try {
    return { item: read() }
  } catch (error) {
    if (error instanceof FanfoldError) return { error: error.code }
    throw error
  }
}
