import { glob, stat } from 'node:fs/promises'
import { extname } from 'node:path'
import { csv, files, lines, ndjson } from '@fanfold/core'
import type { Source, TextInput } from '@fanfold/core'
import { badUsage } from '../problem.ts'
import { ownFiles } from './targets.ts'
import type { WrittenOptions } from './targets.ts'
import type { Format, VerifyOptions } from '../options/verify-options.ts'

/** What the command line says about how to read them. */
export type InputOptions = Pick<VerifyOptions, 'format' | 'idField' | 'maxRecord'> &
  Partial<WrittenOptions & Pick<VerifyOptions, 'exclude'>>

/** What is to be verified. */
export interface Inputs {
  /** Paths; empty for stdin. */
  readonly paths: readonly string[]
  readonly format: Format
  readonly source: Source
}

const STDIN = '-'
const ENDINGS: Readonly<Record<string, Exclude<Format, 'files'>>> = {
  '.ndjson': 'ndjson',
  '.jsonl': 'ndjson',
  '.csv': 'csv',
  '.tsv': 'csv',
  '.txt': 'lines',
}
const MAGIC = /[*?[\]{}]/

/**
 * Finds the inputs and how to read them. Whether each can be read is found out by opening the source.
 *
 * @throws {FanfoldError} `FANFOLD_BAD_OPTION`: no input, a pattern without a match, an unknown or mixed format
 */
export async function resolveInputs(given: readonly string[], options: InputOptions): Promise<Inputs> {
  if (given.length === 0) throw badUsage('no input is given. Name files, patterns, or - for stdin.')
  if (options.format === 'files') refuseReading(options)
  else if (options.exclude !== undefined && options.exclude.length > 0)
    throw badUsage('--exclude leaves out whole files. Add --format files, or leave it out.')
  if (given.includes(STDIN)) return fromStdin(given, options)
  if (options.format === 'files')
    return { paths: given, format: 'files', source: files(given, { exclude: excluded(options) }) }
  const paths = (await Promise.all(given.map((input) => expand(input, given.length > 1)))).flat()
  const { format, delimiter } = readingOf(paths, options.format)
  return { paths, format, source: makeSource([...paths], format, delimiter, options) }
}

function fromStdin(given: readonly string[], options: InputOptions): Inputs {
  if (given.length > 1) throw badUsage('- is stdin, and has to be the only input. Verify the files by themselves.')
  const { format } = options
  if (format === undefined)
    throw badUsage(
      'the format of stdin is not known. Add --format ndjson, csv or lines; or files, for a list of paths.',
    )
  if (format === 'files') return { paths: [], format, source: files(process.stdin, { exclude: excluded(options) }) }
  return { paths: [], format, source: makeSource(process.stdin, format, ',', options) }
}

/** A file that exists is taken as it is, whatever characters its name has. */
async function expand(input: string, isOneOfSeveral: boolean): Promise<readonly string[]> {
  if (await isFolder(input)) throw folderGiven(input, isOneOfSeveral)
  if (!MAGIC.test(input) || (await isThere(input))) return [input]
  const found: string[] = []
  for await (const path of glob(input)) if (!(await isFolder(path))) found.push(path)
  if (found.length === 0) throw await noMatch(input)
  // The order of a folder's entries is chance, and would be that of the outcomes' indices.
  return found.sort()
}

function folderGiven(input: string, isOneOfSeveral: boolean): Error {
  const quote = ' If the shell has found it for a pattern, quote the pattern: then folders are passed over.'
  return badUsage(
    `the input '${input}' cannot be read: it is a folder. Give the files in it, as '${input.replace(/\/+$/, '')}/*'.${isOneOfSeveral ? quote : ''}`,
  )
}

async function noMatch(pattern: string): Promise<Error> {
  const folder = pattern.slice(0, pattern.search(MAGIC)).replace(/\/?[^/]*$/, '')
  const why =
    folder === '' || (await isFolder(folder)) ? 'Check it, and the working directory' : `There is no folder '${folder}'`
  return badUsage(`the pattern '${pattern}' matches no file. ${why}.`)
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  )
}

interface Reading {
  readonly format: Exclude<Format, 'files'>
  readonly delimiter: string
}

/** One format for all inputs; the delimiter of CSV follows from the ending, also when the format was given. */
function readingOf(paths: readonly string[], given: Exclude<Format, 'files'> | undefined): Reading {
  const [first, ...rest] = paths.map((path): Reading => {
    const ending = extname(path).toLowerCase()
    const format = given ?? ENDINGS[ending]
    if (format === undefined) throw unknownFormat(path, ending)
    return { format, delimiter: ending === '.tsv' ? '\t' : ',' }
  })
  const other = rest.findIndex(({ format, delimiter }) => format !== first?.format || delimiter !== first.delimiter)
  if (other >= 0) {
    const [a, b] = [paths[0], paths[other + 1]]
    const remedy = given === undefined ? 'Verify them by themselves, or say --format.' : 'Verify them by themselves.'
    throw badUsage(`'${a}' and '${b}' are of different formats. ${remedy}`)
  }
  return first ?? { format: 'lines', delimiter: ',' }
}

function unknownFormat(path: string, ending: string): Error {
  const why = ending === '' ? 'it has no ending' : `its ending is ${ending}`
  return badUsage(
    `the format of '${path}' is not known: ${why}. Add --format ndjson, csv or lines; or files, to verify it as a whole.`,
  )
}

function excluded(options: InputOptions): readonly string[] {
  return [...(options.exclude ?? []), ...ownFiles(options)]
}

/** These say how records are read, and whole files have none. */
function refuseReading({ idField, maxRecord }: InputOptions): void {
  if (idField !== undefined)
    throw badUsage('--id-field needs records with fields, and --format files has none: each outcome names its file.')
  if (maxRecord !== undefined)
    throw badUsage('--max-record is about records, and --format files has none. Leave it out.')
}

function makeSource(
  input: TextInput,
  format: Exclude<Format, 'files'>,
  delimiter: string,
  options: InputOptions,
): Source {
  const { idField, maxRecord } = options
  const common = maxRecord === undefined ? {} : { maxRecordBytes: maxRecord }
  const withId = idField === undefined ? common : { ...common, id: idField }
  switch (format) {
    case 'ndjson':
      return ndjson(input, withId)
    case 'csv':
      return csv(input, { ...withId, delimiter })
    case 'lines':
      if (idField !== undefined)
        throw badUsage('--id-field needs records with fields, and lines have none. Use it with ndjson or csv.')
      return lines(input, common)
  }
}
