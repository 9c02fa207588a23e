import { FanfoldError } from '@fanfold/workers/protocol'
import { isFanfoldError, reasonOf } from './thrown.ts'

/** @param file the input's name, where it has one */
export function recordTooLong(
  line: number,
  file: string | undefined,
  bytes: number,
  maxRecordBytes: number,
): FanfoldError {
  return new FanfoldError(
    'FANFOLD_RECORD_TOO_LONG',
    `the record on ${place(line, file)} has ${bytes} bytes, more than the limit of ${maxRecordBytes}. ` +
      'If it is right, raise maxRecordBytes (--max-record).',
  )
}

export function unclosedQuote(line: number, file: string | undefined, maxRecordBytes: number): FanfoldError {
  return new FanfoldError(
    'FANFOLD_CSV_UNCLOSED_QUOTE',
    `the quoted field that opens on ${place(line, file)} is not closed within ${maxRecordBytes} bytes or by the end, ` +
      'so the rows after it cannot be told apart. Correct the quote, or raise maxRecordBytes (--max-record) if the field is right.',
  )
}

/** What a reader throws when its input did. */
export function brokenInput(error: unknown, file: string | undefined): FanfoldError {
  if (isFanfoldError(error)) return error
  const what = file === undefined ? 'the stream' : `the input '${file}'`
  return new FanfoldError(
    'FANFOLD_SOURCE_FAILED',
    `${what} broke while it was read: ${reasonOf(error)}. The tasks read before stay valid.`,
    {
      cause: error,
    },
  )
}

function place(line: number, file: string | undefined): string {
  return `line ${line}${file === undefined ? '' : ` of '${file}'`}`
}
