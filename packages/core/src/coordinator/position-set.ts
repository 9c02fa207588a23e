/** Pairs `from, to` (exclusive) of positions within a shard, ascending and apart. */
export type Ranges = readonly number[]

/**
 * Which positions of a shard are in the set. A sync verifier settles from the front, so that a prefix says it all;
 * anything else is kept as a byte a position.
 */
export class PositionSet {
  readonly size: number
  #prefix = 0
  #members: Uint8Array | undefined
  #count = 0

  constructor(size: number) {
    this.size = size
  }

  get count(): number {
    return this.#count
  }

  has(position: number): boolean {
    return this.#members === undefined ? position < this.#prefix : this.#members[position] === 1
  }

  /** Whether it was not in the set before. */
  add(position: number): boolean {
    return this.addRange(position, position + 1) === 1
  }

  /** How many of them were not in the set before. */
  addRange(from: number, to: number): number {
    if (this.#members === undefined && from === this.#prefix) {
      this.#prefix = to
      this.#count = to
      return to - from
    }
    if (from >= to) return 0
    const members = (this.#members ??= new Uint8Array(this.size).fill(1, 0, this.#prefix))
    let added = 0
    for (let position = from; position < to; position++) {
      if (members[position] === 0) added++
      members[position] = 1
    }
    this.#count += added
    return added
  }

  hasNone(from: number, to: number): boolean {
    if (this.#members === undefined) return from >= this.#prefix
    return !this.#members.subarray(from, to).includes(1)
  }

  /** What of `ranges` is not in the set, nor in `others`. */
  missingFrom(ranges: Ranges, others?: ReadonlySet<number>): number[] {
    const missing: number[] = []
    for (let i = 0; i < ranges.length; i += 2) {
      for (let position = ranges[i]!; position < ranges[i + 1]!; position++) {
        if (!this.has(position) && others?.has(position) !== true) appendPosition(missing, position)
      }
    }
    return missing
  }
}

/** Adds a position behind all others. */
export function appendPosition(ranges: number[], position: number): void {
  if (ranges.length > 0 && ranges[ranges.length - 1] === position) ranges[ranges.length - 1] = position + 1
  else ranges.push(position, position + 1)
}

/** Makes at most so many of one, about equal in size. */
export function splitRanges(ranges: Ranges, parts: number): number[][] {
  const size = Math.ceil(sizeOf(ranges) / parts)
  const split: number[][] = []
  let room = 0
  for (let i = 0; i < ranges.length; i += 2) {
    for (let from = ranges[i]!; from < ranges[i + 1]!;) {
      if (room === 0) {
        split.push([])
        room = size
      }
      const to = Math.min(ranges[i + 1]!, from + room)
      split[split.length - 1]!.push(from, to)
      room -= to - from
      from = to
    }
  }
  return split
}

/** What is before a position, and what is from it on. */
export function cutRanges(ranges: Ranges, at: number): readonly [before: number[], from: number[]] {
  const before: number[] = []
  const rest: number[] = []
  for (let i = 0; i < ranges.length; i += 2) {
    const from = ranges[i]!
    const to = ranges[i + 1]!
    if (from < at) before.push(from, Math.min(to, at))
    if (to > at) rest.push(Math.max(from, at), to)
  }
  return [before, rest]
}

export function sizeOf(ranges: Ranges): number {
  let size = 0
  for (let i = 0; i < ranges.length; i += 2) size += ranges[i + 1]! - ranges[i]!
  return size
}

export function isInRanges(ranges: Ranges, position: number): boolean {
  for (let i = 0; i < ranges.length; i += 2) if (position >= ranges[i]! && position < ranges[i + 1]!) return true
  return false
}
