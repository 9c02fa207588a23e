/**
 * A shard of a few items, and its outcomes, as flat arrays. Structured clone writes and looks up the name of each field, and
 * gives each typed array memory of its own: a shard of one task took 16 µs to be posted and received as an object, its
 * outcome 40, and a message for its end 10 more; as arrays it is 8 and 3, in one. Larger ones do not notice.
 *
 * In a thread nothing here uses a method of Array's prototype: a verifier may have spoilt it.
 */
import type { FromThread, RunShard, ShardEnded, ShardPart, ToThread } from './protocol.ts'
import type { OutcomePart, PartDetails, UnsuccessfulTask } from './outcome-columns.ts'

/** Tasks of a shard, or outcomes of a part, up to which they are sent so. */
export const SMALL: number = 16

export type Packed = readonly unknown[]

/** The fields of a shard in their order, but for the payload, whose parts are flat, and the type. */
const FIELDS = [
  'assignment',
  'verifier',
  'base',
  'ranges',
  'timeoutMs',
  'concurrency',
  'isFound',
  'attempt',
  'alone',
  'mayRetry',
  'earlier',
  'maxValueBytes',
  'gate',
  'lines',
  'fold',
  'traceFile',
] as const satisfies readonly (keyof RunShard)[]

/** Fails to compile when a field of the message is missing above. */
type Missing = Exclude<keyof RunShard, (typeof FIELDS)[number] | 'type' | 'payload'>
const allFields: [Missing] extends [never] ? true : Missing = true
void allFields

export function packShard(shard: RunShard): RunShard | Packed {
  const { payload } = shard
  if (payload.kind !== 'items' || payload.items.length > SMALL) return shard
  const packed: unknown[] = [payload.items, payload.firstIndex]
  for (let i = 0; i < FIELDS.length; i++) packed[i + 2] = shard[FIELDS[i]!]
  return packed
}

export function unpackToThread(message: ToThread | Packed): ToThread {
  if (!isPacked(message)) return message
  const shard: Record<string, unknown> = {
    type: 'shard',
    payload: { kind: 'items', items: message[0], firstIndex: message[1] },
  }
  for (let i = 0; i < FIELDS.length; i++) shard[FIELDS[i]!] = message[i + 2]
  return shard as unknown as RunShard // what packShard has made of one
}

/** Where a part's fields begin, behind those of its message. */
const PART = 6
/** Where its columns begin. */
const COLUMNS = 12

export function packPart(message: ShardPart): ShardPart | Packed {
  return isSmall(message.part) ? withPart([message.assignment, false, 0, 0, 0, 0], message.part, undefined) : message
}

export function packEnded(message: ShardEnded): ShardEnded | Packed {
  const { part, buffer, assignment, suspects, abandoned, busyMs, atOnce, heapMb } = message
  if (buffer !== undefined || (part !== undefined && !isSmall(part))) return message
  return withPart(
    [assignment, true, abandoned, busyMs, atOnce, heapMb],
    part,
    suspects.length === 0 ? undefined : suspects,
  )
}

/** Few, and no text source's: those have ids, and buffers that are given back. Nor those of a chain, or of a reduction. */
function isSmall({ statuses, ids, lines, checks, fold }: OutcomePart): boolean {
  if (checks !== undefined || fold !== undefined) return false
  return statuses.length <= SMALL && ids === undefined && lines === undefined
}

function withPart(packed: unknown[], part: OutcomePart | undefined, suspects: readonly number[] | undefined): Packed {
  packed[PART] = suspects
  if (part === undefined) return packed
  const { positions, statuses, verdicts, durations, details, unsuccessful } = part
  const isList = positions instanceof Uint32Array
  packed[PART + 1] = statuses.length
  packed[PART + 2] = isList ? positions : positions.from
  packed[PART + 3] = unsuccessful.length === 0 ? undefined : unsuccessful
  packed[PART + 4] = details === undefined ? undefined : packDetails(details)
  packed[PART + 5] = part.waits
  for (let i = 0, at = COLUMNS; i < statuses.length; i++) {
    packed[at++] = statuses[i]
    packed[at++] = verdicts[i]
    packed[at++] = durations[i]
  }
  return packed
}

/** For each: ordinal, reason, end; then the reasons and the bytes. */
function packDetails({ ordinals, reasonIds, ends, reasons, bytes }: PartDetails): Packed {
  const packed: unknown[] = [reasons, bytes.length === 0 ? undefined : bytes]
  for (let i = 0, at = 2; i < ordinals.length; i++) {
    packed[at++] = ordinals[i]
    packed[at++] = reasonIds[i]
    packed[at++] = ends[i]
  }
  return packed
}

export function unpackFromThread(message: FromThread | Packed): FromThread {
  if (!isPacked(message)) return message
  // What the functions above have made, in their order.
  const [assignment, isEnd, abandoned, busyMs, atOnce, heapMb, suspects = [], count] = message as [
    number,
    boolean,
    number,
    number,
    number,
    number,
    readonly number[] | undefined,
    number | undefined,
  ]
  const part = count === undefined ? undefined : unpackPart(message, count)
  if (!isEnd) return { type: 'part', assignment, part: part! }
  return { type: 'ended', assignment, part, suspects, abandoned, busyMs, atOnce, heapMb, buffer: undefined }
}

function unpackPart(packed: Packed, count: number): OutcomePart {
  const from = packed[PART + 2] as number | Uint32Array
  const details = packed[PART + 4] as Packed | undefined
  const statuses = new Uint8Array(count)
  const verdicts = new Uint8Array(count)
  const durations = new Float32Array(count)
  for (let i = 0, at = COLUMNS; i < count; i++) {
    statuses[i] = packed[at++] as number
    verdicts[i] = packed[at++] as number
    durations[i] = packed[at++] as number
  }
  return {
    positions: typeof from === 'number' ? { from, count } : from,
    statuses,
    verdicts,
    durations,
    details: details === undefined ? undefined : unpackDetails(details),
    ids: undefined,
    waits: packed[PART + 5] as readonly number[] | undefined,
    tally: undefined,
    unsuccessful: (packed[PART + 3] as readonly UnsuccessfulTask[] | undefined) ?? [],
  }
}

function unpackDetails(packed: Packed): PartDetails {
  const count = (packed.length - 2) / 3
  const details = {
    reasons: packed[0] as readonly string[],
    bytes: (packed[1] as Uint8Array | undefined) ?? new Uint8Array(),
    ordinals: new Uint32Array(count),
    reasonIds: new Uint32Array(count),
    ends: new Uint32Array(count),
  }
  for (let i = 0, at = 2; i < count; i++) {
    details.ordinals[i] = packed[at++] as number
    details.reasonIds[i] = packed[at++] as number
    details.ends[i] = packed[at++] as number
  }
  return details
}

function isPacked(message: object): message is Packed {
  return Array.isArray(message)
}
