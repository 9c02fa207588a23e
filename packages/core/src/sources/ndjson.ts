import { checkOptions } from '../options/check-options.ts'
import type { Source } from './shard.ts'
import { textSource } from './text-source.ts'
import type { TextInput, TextOptions } from './text-source.ts'

/** Options of {@link ndjson}. */
export interface NdjsonOptions extends TextOptions {
  /** Where a record holds the task's `id`: a JSON pointer (`/customer/id`) or a field's name. */
  readonly id?: string
}

/**
 * A source of JSON values, one a line.
 *
 * Blank lines are no tasks, and leave gaps in `outcome.index`, which is the line number − 1. A line that is not JSON, or
 * not UTF-8, makes its own task `errored`, and no other. With several inputs the index goes on from one to the next.
 *
 * @throws {FanfoldError} `FANFOLD_BAD_SOURCE` or `FANFOLD_BAD_OPTION` at once; `FANFOLD_SOURCE_UNREADABLE` when the run
 * starts
 *
 * @example
 * ```ts
 * import { ndjson } from '@fanfold/core'
 * interface Customer { customerId: string; email: string }
 * const customers = ndjson<Customer>('customers.ndjson', { id: 'customerId' })
 * ```
 */
export function ndjson<T = unknown>(input: TextInput, options: NdjsonOptions = {}): Source<T> {
  checkOptions('ndjson()', options, ['maxRecordBytes', 'id'])
  return textSource(input, { name: 'ndjson', id: options.id }, false, options)
}
