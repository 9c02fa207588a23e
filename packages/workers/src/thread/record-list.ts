import type { LineBytes } from '../lines/line-bytes.ts'
import type { RecordForm } from '../lines/record-form.ts'

/** A shard's records within its thread. Ordinals count from the first record of the payload; any order will do. */
export interface Records {
  readonly count: number
  /**
   * Parses a record. Nothing is kept: who needs the item twice keeps it.
   *
   * @throws {FanfoldError} `FANFOLD_RECORD_UNPARSABLE`; the records beside it are not concerned.
   */
  item(ordinal: number): unknown
  /** `outcome.index` */
  index(ordinal: number): number
  /** The 1-based line within its file on which the record starts; `undefined` for items. */
  line(ordinal: number): number | undefined
  /** What `outcome.file` is, where that is not the same for the whole shard. */
  readonly file?: ((ordinal: number) => string) | undefined
  /** What the source's `id` option points at in the item just parsed. */
  id(ordinal: number, item: unknown): unknown
  /** Adds the record to a line, with its key. */
  writeRecord(ordinal: number, bytes: LineBytes, form: RecordForm): void
  /**
   * Every parsed item is about to be given away, and may be changed: what of it is needed for a record is kept from now
   * on. @param isForAll - records of all tasks will be asked for, and not only those of some
   */
  keepRecords?(isForAll: boolean): void
}
