/**
 * A set of outcome indices, kept as ranges. Indices are settled in nearly ascending order, so ten million of them are
 * one range and a few behind it. What comes out of order is put aside and sorted in when somebody asks: filling a
 * hundred thousand gaps costs one merge and not as many moves of everything behind each gap.
 */
export class IndexRanges {
  /** Pairs from, to (exclusive), ascending, with a gap between each and the next. */
  #merged: number[] = []
  /** Pairs in any order, which may overlap. */
  #aside: number[] = []
  #size = 0

  /** @param ranges - pairs from, to (exclusive), in any order */
  constructor(ranges: readonly number[] = []) {
    this.addAll(ranges)
  }

  /** Adds the indices `from` to `to` (exclusive). */
  add(from: number, to: number): void {
    if (from >= to) return
    const merged = this.#merged
    const last = merged.length - 2
    if (this.#aside.length === 0 && (last < 0 || from > merged[last + 1]!)) {
      merged.push(from, to)
      this.#size += to - from
    } else if (this.#aside.length === 0 && from === merged[last + 1]!) {
      merged[last + 1] = to
      this.#size += to - from
    } else {
      this.#aside.push(from, to)
      // As much again as is merged: each index is then sorted in a few times at most.
      if (this.#aside.length > merged.length + 1024) this.#merge()
    }
  }

  /** @param ranges - pairs from, to (exclusive), in any order */
  addAll(ranges: readonly number[]): void {
    for (let i = 0; i < ranges.length; i += 2) this.add(ranges[i]!, ranges[i + 1]!)
  }

  /** How many indices it has. */
  /** One more than the largest index; 0 when there is none. */
  get end(): number {
    this.#merge()
    return this.#merged.at(-1) ?? 0
  }

  get size(): number {
    this.#merge()
    return this.#size
  }

  /** How many ranges it keeps, at most. */
  get rangeCount(): number {
    return (this.#merged.length + this.#aside.length) / 2
  }

  has(index: number): boolean {
    const at = this.#rangeFrom(index)
    return at < this.#merged.length && this.#merged[at]! <= index
  }

  /** How many of the indices `from` to `to` (exclusive) it has. */
  countIn(from: number, to: number): number {
    let count = 0
    for (let at = this.#rangeFrom(from); at < this.#merged.length && this.#merged[at]! < to; at += 2) {
      count += Math.min(to, this.#merged[at + 1]!) - Math.max(from, this.#merged[at]!)
    }
    return count
  }

  /** The end of the range that `index` is in, or `index` itself when it has it not. */
  endOfRangeAt(index: number): number {
    return this.has(index) ? this.#merged[this.#rangeFrom(index) + 1]! : index
  }

  /** What of `from` to `to` (exclusive) it does not have, as pairs, ascending. */
  pendingIn(from: number, to: number): number[] {
    const pending: number[] = []
    let next = from
    for (let at = this.#rangeFrom(from); at < this.#merged.length && this.#merged[at]! < to; at += 2) {
      if (this.#merged[at]! > next) pending.push(next, this.#merged[at]!)
      next = this.#merged[at + 1]!
    }
    if (next < to) pending.push(next, to)
    return pending
  }

  /** Takes out what the other one has. */
  deleteAll(out: IndexRanges): void {
    this.#merge()
    const left: number[] = []
    for (let i = 0; i < this.#merged.length; i += 2) {
      for (const bound of out.pendingIn(this.#merged[i]!, this.#merged[i + 1]!)) left.push(bound)
    }
    this.#merged = left
    this.#size = sizeOf(left)
  }

  /** Pairs from, to (exclusive), ascending, with a gap between each and the next. */
  toArray(): number[] {
    this.#merge()
    return [...this.#merged]
  }

  /** Where the first range that ends behind `index` is; binary search. */
  #rangeFrom(index: number): number {
    this.#merge()
    let low = 0
    let high = this.#merged.length / 2
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.#merged[middle * 2 + 1]! > index) high = middle
      else low = middle + 1
    }
    return low * 2
  }

  #merge(): void {
    if (this.#aside.length === 0) return
    this.#merged = mergeRanges(this.#merged, sortRanges(this.#aside))
    this.#aside = []
    this.#size = sizeOf(this.#merged)
  }
}

/** How many indices the ranges have, if none is in two of them. */
export function sizeOf(ranges: readonly number[]): number {
  let size = 0
  for (let i = 0; i < ranges.length; i += 2) size += ranges[i + 1]! - ranges[i]!
  return size
}

function sortRanges(ranges: readonly number[]): number[] {
  const order = Array.from({ length: ranges.length / 2 }, (_, i) => i * 2).sort((a, b) => ranges[a]! - ranges[b]!)
  const sorted: number[] = []
  for (const at of order) sorted.push(ranges[at]!, ranges[at + 1]!)
  return sorted
}

/** Two ascending lists as one in which no range touches the next. */
function mergeRanges(a: readonly number[], b: readonly number[]): number[] {
  const merged: number[] = []
  let i = 0
  let j = 0
  while (i < a.length || j < b.length) {
    const isA = j >= b.length || (i < a.length && a[i]! <= b[j]!)
    const from = isA ? a[i]! : b[j]!
    const to = isA ? a[i + 1]! : b[j + 1]!
    if (isA) i += 2
    else j += 2
    const end = merged.length - 1
    if (end > 0 && from <= merged[end]!) merged[end] = Math.max(merged[end]!, to)
    else merged.push(from, to)
  }
  return merged
}
