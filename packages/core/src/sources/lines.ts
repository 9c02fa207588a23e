import { checkOptions } from '../options/check-options.ts'
import type { Source } from './shard.ts'
import { textSource } from './text-source.ts'
import type { TextInput, TextOptions } from './text-source.ts'

/** Options of {@link lines}. */
export interface LinesOptions extends TextOptions {}

/**
 * A source of lines, each without its line end (LF or CRLF). A blank line is a task as well, with an empty string.
 *
 * @throws {FanfoldError} `FANFOLD_BAD_SOURCE` or `FANFOLD_BAD_OPTION` at once; `FANFOLD_SOURCE_UNREADABLE` when the run
 * starts
 *
 * @example
 * ```ts
 * import { lines } from '@fanfold/core'
 * const addresses = lines(['north.txt', 'south.txt'])
 * ```
 */
export function lines(input: TextInput, options: LinesOptions = {}): Source<string> {
  checkOptions('lines()', options, ['maxRecordBytes'])
  return textSource(input, { name: 'lines' }, false, options)
}
