import { isUtf8 } from 'node:buffer'
import type { Buffer } from 'node:buffer'
import { FanfoldError } from '@fanfold/workers/protocol'
import { parseCsvRow } from '@fanfold/workers/records'

/** A header line, and the input it was found in. */
export interface CsvHeader {
  readonly names: readonly string[]
  readonly file: string | undefined
}

/**
 * Reads the header of an input, which has to be that of the inputs before.
 *
 * @throws {FanfoldError} `FANFOLD_CSV_BAD_HEADER`
 */
export function readHeader(
  record: Buffer,
  delimiter: string,
  file: string | undefined,
  first: CsvHeader | undefined,
): CsvHeader {
  if (!isUtf8(record)) throw badHeader(file, 'it is not valid UTF-8', 'Convert the input to UTF-8.')
  const names = parseCsvRow(record.toString('utf8'), delimiter)
  if (typeof names === 'string') throw badHeader(file, names, 'Correct its quotes.')
  if (first !== undefined) {
    const differs = first.names.length !== names.length || first.names.some((name, column) => name !== names[column])
    if (differs) throw differentHeaders(first, names, file)
    return first
  }
  const seen = new Set<string>()
  for (const [column, name] of names.entries()) {
    if (name === '') throw badHeader(file, `column ${column + 1} has no name`, NAME_THEM)
    if (seen.has(name)) throw badHeader(file, `'${name}' names two columns`, NAME_THEM)
    seen.add(name)
  }
  return { names, file }
}

const NAME_THEM = 'Give every column its own name, or read rows as arrays with { header: false }.'

export function badHeader(file: string | undefined, problem: string, remedy: string): FanfoldError {
  const where = file === undefined ? '' : ` of '${file}'`
  return new FanfoldError('FANFOLD_CSV_BAD_HEADER', `the CSV header${where} cannot be used: ${problem}. ${remedy}`)
}

function differentHeaders(first: CsvHeader, names: readonly string[], file: string | undefined): FanfoldError {
  return badHeader(
    file,
    `it is ${JSON.stringify(names)}, but that of '${first.file ?? 'the first input'}' is ${JSON.stringify(first.names)}`,
    'Inputs read together need the same columns in the same order; verify the others by themselves.',
  )
}
