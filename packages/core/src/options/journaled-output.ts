/** Where the output's lines of the outcomes up to this frame end. */
export interface OutputMark {
  /** In bytes from the start of the file. */
  readonly offset: number
  /** CRC-32 of the bytes since the mark before. */
  readonly crc: number
}

/** A file of outcomes whose stretches the journal names: the command line's `--out`. Lines are only added at its end. */
export interface JournaledOutput {
  /** The path of its file: for messages, and to see whether anything is in it. */
  readonly path: string
  /** What its lines depend on, by names that a person knows; a change is refused when the run is resumed. */
  readonly settings: Readonly<Record<string, string>>
  /**
   * Called at a boundary: all lines of the outcomes taken so far, and no others, have been handed over.
   *
   * @returns where they end, and the CRC-32 of the bytes since the last mark, or since {@link resumeAt}
   */
  mark(): OutputMark
  /** Resolves when everything up to the last mark is durable. @throws when it cannot be written */
  durable(): Promise<void>
  /** Whether the file reaches as far as `to`, and the bytes from `from` to `to` (exclusive) have this CRC-32. */
  matches(from: number, to: number, crc: number): Promise<boolean>
  /** Cuts the file off at this length, durably; lines go behind it from now on. 0 also for a file that is not there. */
  resumeAt(offset: number): Promise<void>
  /**
   * Writes a copy, as far as `end`, without the lines of some outcomes to a temporary file beside it, durably. The name
   * is the same each time: what an interrupted rewrite has left is overwritten.
   */
  rewriteWithout(isDropped: (index: number) => boolean, end: number): Promise<RewrittenOutput>
  /**
   * Puts the temporary file in the output's place, by a rename that is durable when this resolves (`syncFolderOf`).
   *
   * @returns `false`, with nothing done, when there is no such file, or not with this size and CRC-32
   */
  adopt(rewritten: RewrittenOutput): Promise<boolean>
}

/** The whole of an output's copy. */
export interface RewrittenOutput extends OutputMark {
  /** Its path. */
  readonly temporary: string
}
