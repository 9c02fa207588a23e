import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { FanfoldError } from '@fanfold/workers/protocol'
import type { ByteInput } from '../byte-input.ts'
import type { PathLike } from '../file-input.ts'
import type { ShardReader, Source, SourceIdentity } from '../shard.ts'
import { checkOptions } from '../../options/check-options.ts'
import { badInput, isPath, isStream, nameOf, openOnce } from '../text-source.ts'
import { brokenInput } from '../text-errors.ts'
import { FileReader } from './file-reader.ts'
import type { FileItem } from './file-shard.ts'
import { Listing } from './listing.ts'
import { LIST_FILES } from './listing-messages.ts'
import { PathList } from './path-list.ts'

/** What {@link files} are named by: paths and patterns, or a stream of paths. */
export type FilesInput = PathLike | readonly PathLike[] | AsyncIterable<Uint8Array> | ReadableStream<Uint8Array>

/** Options of {@link files}. */
export interface FilesOptions {
  /** Where paths and patterns start that are not absolute. @defaultValue the working directory when `files` is called */
  readonly folder?: PathLike
  /** Paths and patterns of files, or of folders with all that is in them, to be left out. @defaultValue none */
  readonly exclude?: string | readonly string[]
}

/**
 * A source of whole files: the item is `{ path, size }`, the verifier opens the file.
 *
 * Patterns are those of a shell: `*`, `?`, `[a-z]`, `{png,jpg}`, and `**` for any number of folders. Names that begin with
 * a dot are found where the pattern has that dot. A path that exists is taken as it is, whatever characters it has. Files
 * come in the order in which they are asked for; those of one pattern folder by folder and in each by name; each once.
 * Symbolic links are followed, and folders are no tasks.
 *
 * `outcome.file` is the file's name as it was asked for, `item.path` is absolute. A file that cannot be looked at, or is a
 * pipe or a device, makes its own task `errored` with `FANFOLD_FILE_UNREADABLE`, and so does a folder that cannot be read.
 *
 * A stream gives paths, no patterns: a line each, or each with a NUL at its end, as `find -print0` writes them. Of these,
 * one that is not there costs its own task only.
 *
 * Files are listed by a thread of their own while others are verified. Their number is known when the list is complete; it
 * is 131,072 files ahead at most.
 *
 * @throws {FanfoldError} `FANFOLD_BAD_SOURCE`, `FANFOLD_BAD_OPTION` at once; `FANFOLD_SOURCE_UNREADABLE` when the run starts, for a path that is
 * not there or is a folder, and a pattern that matches no file
 *
 * @example
 * ```ts
 * import { files } from '@fanfold/core'
 * const images = files(['cover.png', 'pages/*.{png,jpg}'])
 * ```
 */
export function files(input: FilesInput, options: FilesOptions = {}): Source<FileItem> {
  const exclude = excluded(options)
  const folder = resolve(pathOf(startFolder(options)))
  if (isStream(input) && !isPath(input)) return streamedFiles(openOnce(input), folder, exclude)
  const choice = { folder, given: givenPaths(input), exclude }
  return {
    open: async (signal?: AbortSignal): Promise<ShardReader> => {
      const listing = new Listing({ do: 'list', ...choice })
      await untilSignal(listing, signal, () => listing.begun())
      return new FileReader(listing, folder)
    },
    identity: async (signal?: AbortSignal): Promise<SourceIdentity> => {
      const listing = new Listing({ do: 'identify', ...choice })
      const files = await untilSignal(listing, signal, () => listing.identified())
      return { reading: { format: 'files' }, files }
    },
  }
}

const OPTIONS: readonly string[] = ['folder', 'exclude']

/** @throws {FanfoldError} `FANFOLD_BAD_OPTION`: mistyped, more would be verified than was asked for */
function excluded(options: FilesOptions): readonly string[] {
  checkOptions('files()', options, OPTIONS)
  const { exclude = [] } = options
  const given: readonly unknown[] = Array.isArray(exclude) ? exclude : [exclude]
  return given.map((path) => {
    if (typeof path === 'string' && path !== '') return path
    throw new FanfoldError('FANFOLD_BAD_OPTION', `exclude of files() has ${nameOf(path)}: use paths and patterns.`)
  })
}

function startFolder({ folder = '.' }: FilesOptions): PathLike {
  if (isPath(folder)) return folder
  throw new FanfoldError('FANFOLD_BAD_OPTION', `folder of files() is ${nameOf(folder)}: use a path or a file: URL.`)
}

/** To look for the first file of a pattern may take long, and to look at all of them longer. */
async function untilSignal<Value>(
  listing: Listing,
  signal: AbortSignal | undefined,
  wait: () => Promise<Value>,
): Promise<Value> {
  const stop = (): void => listing.close()
  signal?.addEventListener('abort', stop, { once: true })
  if (signal?.aborted === true) stop()
  try {
    return await wait()
  } finally {
    signal?.removeEventListener('abort', stop)
  }
}

function streamedFiles(open: () => Promise<ByteInput>, folder: string, exclude: readonly string[]): Source<FileItem> {
  return {
    open: async (): Promise<ShardReader> => {
      const input = await open()
      const listing = new Listing({ do: 'look', folder, exclude })
      await listing.begun()
      readPaths(input, listing).catch((error: unknown) => listing.close(brokenInput(error, undefined)))
      return new FileReader(listing, folder, () => input.close())
    },
    identity: async (): Promise<SourceIdentity> => ({ reading: { format: 'files' } }),
  }
}

async function readPaths(input: ByteInput, listing: Listing): Promise<void> {
  const list = new PathList()
  for (let block = await input.read(); block !== undefined; block = await input.read()) {
    const paths = list.take(block.data)
    for (let from = 0; from < paths.length; from += LIST_FILES) await listing.look(paths.slice(from, from + LIST_FILES))
  }
  const last = list.last()
  if (last.length > 0) await listing.look(last)
  listing.lookedAtAll()
}

function givenPaths(input: FilesInput): string[] {
  const given: readonly unknown[] = Array.isArray(input) ? input : [input]
  if (given.length === 0) throw badInput('files', 'an empty list', 'Give at least one path or pattern.')
  return given.map((path) => {
    if (!isPath(path)) throw badInput('files', nameOf(path), 'Give paths, patterns, or a stream of paths as bytes.')
    if (path === '') throw badInput('files', 'an empty path', 'Give paths and patterns.')
    return pathOf(path)
  })
}

function pathOf(path: PathLike): string {
  if (typeof path === 'string') return path
  if (path.protocol === 'file:') return fileURLToPath(path)
  throw new FanfoldError('FANFOLD_BAD_SOURCE', `files() received ${nameOf(path)}. Give a path or a file: URL.`)
}
