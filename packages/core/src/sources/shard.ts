import type { LineBytes, RecordForm } from '@fanfold/workers/lines'
import type { ShardPayload } from '@fanfold/workers/protocol'
import type { FanfoldError } from '@fanfold/workers/protocol'

/**
 * A contiguous run of tasks, as the main thread keeps it until its last outcome is delivered. Positions are 0-based
 * within the shard. Everything here but `tasks` and `bytes` is asked for rarely (a task that timed out, a consumer
 * that reads records), so it may scan.
 */
export interface Shard {
  /** How many tasks it has; at least 1. */
  readonly tasks: number
  /** What it keeps in memory, in bytes; an estimate for items. */
  readonly bytes: number
  /** The input it came from, when the source has several. */
  readonly file: string | undefined
  /** `outcome.file` of the task at `position`, where each has its own. */
  fileAt?(position: number): string | undefined
  /** Set when its only task could not be read: it is `errored` without being run. */
  readonly unreadable: FanfoldError | undefined
  /** `outcome.index` of the task at `position`. */
  indexAt(position: number): number
  /** Text sources: the 1-based line within its file on which the record starts. */
  lineAt(position: number): number | undefined
  /** `outcome.id` of a task whose outcome is made on the main thread. */
  idAt(position: number): unknown
  /** The record as it was read: its text without the line end (text sources), or the item. */
  recordAt(position: number): unknown
  /** The item as a verifier gets it; `undefined` for a record that cannot be read. */
  itemAt(position: number): unknown
  /** Adds the record to the line of its outcome, with its key; nothing, if it was too long to be kept. */
  writeRecord(position: number, bytes: LineBytes, form: RecordForm): void
  /** The last outcome is delivered and was looked at: records are not asked for any more, and memory may be used again. */
  release(): void
  /**
   * The records at positions `from` to `to` (exclusive), ready to be sent; `transfer` lists what may be moved. The bytes
   * of a text payload are the shard's own: whoever moves them makes a copy first.
   */
  payload(from: number, to: number): { readonly payload: ShardPayload; readonly transfer: readonly ArrayBuffer[] }
}

export interface ReadLimits {
  /** The most tasks the shard may have; at least 1. */
  readonly maxTasks: number
  /** The most bytes it should have; one record larger than this comes alone. */
  readonly maxBytes: number
}

/** Reads one source once, shard by shard. */
export interface ShardReader {
  /** What is known of the size before reading: of an array both may be missing or exact, of a file the bytes. Of files, from when their list is complete. */
  readonly totalTasks: number | undefined
  readonly totalBytes: number | undefined
  /**
   * The bytes are those of files that tasks name: no shard holds them, so they have nothing to do with its `bytes`, nor
   * with limits of these.
   */
  readonly areBytesElsewhere?: boolean
  /** Bytes (text sources, files) of what was handed out so far. */
  readonly bytesRead: number
  /**
   * The next shard, or `undefined` at the end of the source. Called again only after the last call has settled.
   *
   * @throws {FanfoldError} `FANFOLD_SOURCE_FAILED`, `FANFOLD_CSV_UNCLOSED_QUOTE`, `FANFOLD_CSV_BAD_HEADER`: the source
   * is broken; shards returned before stay valid.
   */
  next(limits: ReadLimits): Shard | undefined | Promise<Shard | undefined>
  /** Lets go of files and iterators. Never waits for a pending `next()`, nor for the source's `return()`. */
  close(): void
}

/** Where tasks come from. Made by `ndjson`, `csv`, `lines`, `files`; anything iterable is one too. */
export interface Source<Item = unknown> {
  /** Carries the type of the items; never present at run time. */
  readonly item?: Item
  /** How many tasks it has, where that is known before it is opened: all are `aborted` if it never is. */
  readonly totalTasks?: number
  /**
   * Checks that the source can be read and starts to read it.
   *
   * @param signal - fires when nobody waits for it any more: what takes long may end then, in any way
   * @throws {FanfoldError} `FANFOLD_SOURCE_UNREADABLE` for a missing file, a folder, no permission.
   */
  open(signal?: AbortSignal): Promise<ShardReader>
  /**
   * How the source is known again by a run that is resumed; without it, it is not known again.
   *
   * @param signal - as for `open`
   * @throws {FanfoldError} as `open`
   */
  identity?(signal?: AbortSignal): Promise<SourceIdentity>
}

/** What has to be the same for a source to have the same tasks at the same indices. */
export interface SourceIdentity {
  /** How the inputs are read: the format and whatever changes what a record is. */
  readonly reading: Readonly<Record<string, string>>
  /** In order; `undefined` for what can be read once, or is not in files: streams, pipes, iterables, arrays. */
  readonly inputs?: readonly InputIdentity[]
  /** Of whole files, which may be too many to be named one by one. */
  readonly files?: FileListIdentity
}

/** A list of files, as far as it can be known without opening any. */
export interface FileListIdentity {
  readonly files: number
  readonly bytes: number
  /** So many files, the last time fewer, are in each of the `stretches`: a power of two. */
  readonly stretch: number
  /** In order: the name of the first, and the SHA-256, in hex, of the names, sizes and times of modification of all. */
  readonly stretches: readonly (readonly [name: string, sha256: string])[]
}

/** A regular file, as far as it can be known without reading it whole. */
export interface InputIdentity {
  /** As given. For people: a file that was moved is the same. */
  readonly name: string
  readonly bytes: number
  /** SHA-256, in hex, of the first 64 KiB. */
  readonly head: string
  /** SHA-256, in hex, of the last 64 KiB. */
  readonly tail: string
}
