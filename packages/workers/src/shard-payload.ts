import type { LengthBytes } from './item-lengths.ts'

/** How the records of a shard travel. Positions count from the first record in the payload. */
export type ShardPayload =
  | TextPayload
  | StringsPayload
  | ByteArraysPayload
  | ItemsPayload
  | NumbersPayload
  | FilesPayload
  | SerialisedPayload

/** Raw bytes that start and end at record borders; the thread cuts and parses them. */
export interface TextPayload {
  readonly kind: 'text'
  readonly format: TextFormat
  /** UTF-8. */
  readonly bytes: Uint8Array
  /** `outcome.index` of the first record (`csv`), or of the first line, blank or not (`ndjson`, `lines`). */
  readonly firstIndex: number
  /** The 1-based line within its file on which `bytes` begins. */
  readonly firstLine: number
  readonly file: string | undefined
}

/** What the thread has to know of a text format, beyond the bytes. */
export type TextFormat =
  | { readonly name: 'ndjson'; readonly id: string | undefined }
  | { readonly name: 'lines' }
  | {
      readonly name: 'csv'
      readonly delimiter: string
      /** Names the fields; without it an item is an array. */
      readonly header: readonly string[] | undefined
      readonly id: string | undefined
    }

/** Strings as one stretch of ASCII, which the thread decodes in long pieces and slices. */
export interface StringsPayload {
  readonly kind: 'strings'
  /** How long each is, as `count` integers of `lengthBytes` in this machine's order; then the characters. */
  readonly bytes: Uint8Array
  readonly count: number
  readonly lengthBytes: LengthBytes
  readonly firstIndex: number
}

/** `Uint8Array`s, laid out as strings are: their lengths, then their bytes. */
export interface ByteArraysPayload {
  readonly kind: 'byteArrays'
  readonly bytes: Uint8Array
  readonly count: number
  readonly lengthBytes: LengthBytes
  readonly firstIndex: number
}

/** Items as the structured clone algorithm sends them. */
export interface ItemsPayload {
  readonly kind: 'items'
  readonly items: readonly unknown[]
  readonly firstIndex: number
}

/** A stretch of a typed array; the item is the number (or bigint). */
export interface NumbersPayload {
  readonly kind: 'numbers'
  readonly numbers: ArrayLike<number | bigint>
  readonly firstIndex: number
}

/** Whole files, by their names; the item is `{ path, size }`. */
export interface FilesPayload {
  readonly kind: 'files'
  /** Absolute: where names that are not absolute start. */
  readonly folder: string
  readonly names: readonly string[]
  /** Bytes. */
  readonly sizes: Float64Array
  readonly firstIndex: number
}

/** Items, numbers or files as bytes (`plain-value.ts`): on its way through another process they are not opened. */
export interface SerialisedPayload {
  readonly kind: 'serialised'
  readonly bytes: Uint8Array
}
