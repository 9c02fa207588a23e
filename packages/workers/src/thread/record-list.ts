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
  file?(ordinal: number): string
  /** What the source's `id` option points at in the item just parsed. */
  id(ordinal: number, item: unknown): unknown
}
