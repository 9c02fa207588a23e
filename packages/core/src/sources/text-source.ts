import { constants } from 'node:buffer'
import { FanfoldError } from '@fanfold/workers/protocol'
import type { TextFormat } from '@fanfold/workers/protocol'
import type { ByteInput } from './byte-input.ts'
import { inputAt } from './file-input.ts'
import type { PathLike } from './file-input.ts'
import type { ShardReader, Source, SourceIdentity } from './shard.ts'
import { StreamInput } from './stream-input.ts'
import { whySpent } from './stream-state.ts'
import { TextReader } from './text-reader.ts'
import type { TextPlan } from './text-reader.ts'
import { reasonOf } from './thrown.ts'

const DEFAULT_MAX_RECORD_BYTES = 16 * 1024 * 1024

/** What a text source is read from: a path, several paths read in turn, or a stream of bytes, which can be read once. */
export type TextInput = PathLike | readonly PathLike[] | AsyncIterable<Uint8Array> | ReadableStream<Uint8Array>

/** Options that every text source has. */
export interface TextOptions {
  /** A longer record is not read: its task is `errored` with `FANFOLD_RECORD_TOO_LONG`. @defaultValue 16 MiB */
  readonly maxRecordBytes?: number
}

/**
 * Makes the source behind `ndjson`, `csv` and `lines`.
 *
 * @throws {FanfoldError} `FANFOLD_BAD_SOURCE`, `FANFOLD_BAD_OPTION`
 */
export function textSource<Item>(
  input: TextInput,
  format: TextFormat,
  header: boolean,
  options: TextOptions,
): Source<Item> {
  const { maxRecordBytes = DEFAULT_MAX_RECORD_BYTES } = options
  checkMaxRecordBytes(maxRecordBytes)
  const inputs = inputsOf(input, format.name)
  const plan: TextPlan = {
    format,
    header,
    // A longer one could not become a string.
    maxRecordBytes: Math.min(maxRecordBytes, constants.MAX_STRING_LENGTH),
    named: inputs.length > 1,
  }
  return {
    open: async (): Promise<ShardReader> => new TextReader(await Promise.all(inputs.map((open) => open())), plan),
    identity: async (): Promise<SourceIdentity> => {
      const { inputIdentities } = await import('./input-identity.ts')
      const files = await inputIdentities(pathsOf(input))
      return { reading: readingOf(plan), ...(files === undefined ? {} : { inputs: files }) }
    },
  }
}

/** What a record is, and which index it has, depends on these. */
function readingOf({ format, header, maxRecordBytes }: TextPlan): Record<string, string> {
  const reading: Record<string, string> = { format: format.name, maxRecordBytes: String(maxRecordBytes) }
  if (format.name === 'csv') {
    reading['delimiter'] = format.delimiter
    reading['header'] = String(header)
  }
  if (format.name !== 'lines' && format.id !== undefined) reading['id'] = format.id
  return reading
}

function pathsOf(input: TextInput): readonly PathLike[] | undefined {
  if (isPath(input)) return [input]
  return Array.isArray(input) ? input.filter(isPath) : undefined
}

function inputsOf(input: unknown, factory: string): readonly (() => Promise<ByteInput>)[] {
  if (isPath(input)) return [() => inputAt(input)]
  if (Array.isArray(input)) {
    if (input.length === 0)
      throw badInput(factory, 'an empty list', 'Give at least one path; a pattern may have matched no file.')
    const odd: unknown = input.find((path) => !isPath(path))
    if (odd !== undefined)
      throw badInput(factory, `a list with ${nameOf(odd)} in it`, 'Give paths as strings or file: URLs.')
    return input.filter(isPath).map((path) => () => inputAt(path))
  }
  if (isStream(input)) return [openOnce(input)]
  throw badInput(factory, nameOf(input), 'Give a path, a list of paths, or a stream of bytes.')
}

/** A path, or a URL of one. */
export function isPath(value: unknown): value is PathLike {
  return typeof value === 'string' || (value instanceof URL && value.protocol === 'file:')
}

/** What may be a stream of bytes. */
export function isStream(value: unknown): value is AsyncIterable<unknown> | ReadableStream<unknown> {
  return typeof value === 'object' && value !== null && (Symbol.asyncIterator in value || 'getReader' in value)
}

/** Reads a stream of bytes, the first time. */
export function openOnce(stream: AsyncIterable<unknown> | ReadableStream<unknown>): () => Promise<ByteInput> {
  let opened = false
  return async () => {
    // The second time it would be empty, which looks like success.
    const spent = opened ? 'it has been read already' : whySpent(stream)
    if (spent !== undefined) throw unreadableStream(spent, undefined)
    opened = true
    try {
      return new StreamInput(stream, undefined)
    } catch (error) {
      throw unreadableStream(reasonOf(error), error)
    }
  }
}

function unreadableStream(problem: string, cause: unknown): FanfoldError {
  const message = `the stream cannot be read: ${problem}. Give a stream that nobody reads, and a new one for each run.`
  return new FanfoldError('FANFOLD_SOURCE_UNREADABLE', message, cause === undefined ? undefined : { cause })
}

/** A source was given what it cannot read. */
export function badInput(factory: string, received: string, remedy: string): FanfoldError {
  return new FanfoldError('FANFOLD_BAD_SOURCE', `${factory}() received ${received}. ${remedy}`)
}

/** What a value is, for a message. */
export function nameOf(value: unknown): string {
  if (value === null || value === undefined) return String(value)
  if (value instanceof URL) return `the URL '${value.href}'`
  if (value instanceof Promise) return 'a promise'
  if (typeof value !== 'object') return `a ${typeof value}`
  const name: unknown = value.constructor?.name
  return typeof name === 'string' && name !== '' && name !== 'Object' ? `an instance of ${name}` : 'an object'
}

function checkMaxRecordBytes(bytes: number): void {
  if (bytes === Infinity || (Number.isSafeInteger(bytes) && bytes > 0)) return
  const message = `maxRecordBytes is ${String(bytes)}. Give a whole number of bytes above 0, or Infinity.`
  throw new FanfoldError('FANFOLD_BAD_OPTION', message)
}
