import { FanfoldError } from '@fanfold/workers/protocol'
import { checkOptions } from '../options/check-options.ts'
import type { Source } from './shard.ts'
import { textSource } from './text-source.ts'
import type { TextInput, TextOptions } from './text-source.ts'

/** Options of {@link csv}. */
export interface CsvOptions extends TextOptions {
  /** Whether each input starts with a line that names the columns; they must agree. @defaultValue true */
  readonly header?: boolean
  /** One ASCII character. @defaultValue ',' */
  readonly delimiter?: string
  /** The column (without a header: its number from 0) that holds the task's `id`. */
  readonly id?: string
}

/**
 * A source of CSV records (RFC 4180): objects of strings by header, or arrays without one.
 *
 * Line ends within quotes belong to the record; blank lines are no records; the header is no task. `outcome.index`
 * counts records, `outcome.line` is the line on which one starts. A quote opens only as the first character of a field.
 * A record with too few or too many fields, or text after a closing quote, makes its own task `errored`. A quoted field
 * that does not end breaks the source, because nothing after it can be trusted.
 *
 * @throws {FanfoldError} `FANFOLD_BAD_SOURCE` or `FANFOLD_BAD_OPTION` at once; `FANFOLD_SOURCE_UNREADABLE`,
 * `FANFOLD_CSV_BAD_HEADER`, `FANFOLD_CSV_UNCLOSED_QUOTE` in the run
 *
 * @example
 * ```ts
 * import { csv } from '@fanfold/core'
 * const customers = csv('customers.csv', { delimiter: ';', id: 'customer_id' })
 * ```
 */
export function csv(input: TextInput, options: CsvOptions & { readonly header: false }): Source<string[]>
export function csv<T = Record<string, string>>(input: TextInput, options?: CsvOptions): Source<T>
export function csv(input: TextInput, options: CsvOptions = {}): Source {
  checkOptions('csv()', options, ['maxRecordBytes', 'header', 'delimiter', 'id'])
  const { header = true, delimiter = ',', id } = options
  if (!/^[^\n\r"\u0080-\uffff]$/.test(delimiter)) {
    const message = `the CSV delimiter is ${JSON.stringify(delimiter)}. Give one ASCII character that is neither a quote nor a line end.`
    throw new FanfoldError('FANFOLD_BAD_OPTION', message)
  }
  return textSource(input, { name: 'csv', delimiter, header: undefined, id }, header, options)
}
