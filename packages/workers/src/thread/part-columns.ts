/** A part's columns, each in memory of its own: a consumer may move one without taking the others. */
export interface Columns {
  readonly statuses: Uint8Array<ArrayBuffer>
  readonly verdicts: Uint8Array<ArrayBuffer>
  readonly durations: Float32Array<ArrayBuffer>
}

const FIRST_CAPACITY = 256

/** To begin with: memory is taken with the first outcome. */
export const NO_COLUMNS: Columns = columnsFor(0)
/**
 * Left over from a part that was much smaller than its columns. Kept by the thread, for a writer lives as long as its shard:
 * to begin each with little memory and double it until it is enough costs half of what a cheap task costs.
 */
let spare: Columns | undefined
/** What parts needed of late. */
let usualCapacity = FIRST_CAPACITY

/** Larger columns that begin with the same. */
export function growColumns(old: Columns): Columns {
  const { length } = old.statuses
  if (length === 0) {
    const columns = spare ?? columnsFor(usualCapacity)
    spare = undefined
    return columns
  }
  const columns = columnsFor(length * 2)
  columns.statuses.set(old.statuses)
  columns.verdicts.set(old.verdicts)
  columns.durations.set(old.durations)
  return columns
}

/** The first `count` of each column, to be moved away. Memory that would mostly be empty is not given along. */
export function closeColumns(columns: Columns, count: number): Columns {
  const { statuses, verdicts, durations } = columns
  usualCapacity = Math.max(FIRST_CAPACITY, statuses.length)
  if (count * 2 >= statuses.length) {
    return {
      statuses: statuses.subarray(0, count),
      verdicts: verdicts.subarray(0, count),
      durations: durations.subarray(0, count),
    }
  }
  spare = columns
  return {
    statuses: statuses.slice(0, count),
    verdicts: verdicts.slice(0, count),
    durations: durations.slice(0, count),
  }
}

function columnsFor(capacity: number): Columns {
  return {
    statuses: new Uint8Array(capacity),
    verdicts: new Uint8Array(capacity),
    durations: new Float32Array(capacity),
  }
}
