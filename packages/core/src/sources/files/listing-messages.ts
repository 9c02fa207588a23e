/** What goes between the main thread and the thread that lists files. */
import type { FileListIdentity } from '../shard.ts'
import type { FileChoice } from './find-files.ts'

/** What the thread is started to do. */
export type ListingTask =
  | ({ readonly do: 'list' } & FileChoice)
  | ({ readonly do: 'identify' } & FileChoice)
  /** Looks at paths that are sent to it. */
  | ({ readonly do: 'look' } & Omit<FileChoice, 'given'>)

export type ToListing =
  /** Another list may be sent. */
  | { readonly type: 'more' }
  /** Answered by one list. */
  | { readonly type: 'paths'; readonly names: readonly string[] }
  | { readonly type: 'end' }

export type FromListing =
  /** All that was given is there. */
  | { readonly type: 'begun' }
  | { readonly type: 'refused'; readonly message: string }
  | FileList
  | { readonly type: 'identified'; readonly identity: FileListIdentity }
  /** The last message of a thread that lists. */
  | { readonly type: 'ended' }

/** Some files, in order. */
export interface FileList {
  readonly type: 'files'
  readonly names: readonly string[]
  /** Bytes. */
  readonly sizes: Float64Array
  /** Why those at these places cannot be verified. */
  readonly problems: ReadonlyMap<number, string>
}

/** How many lists may be on the way, or wait to be read: 131,072 files, about 13 MB. */
export const MOST_LISTS = 256
/** Files of a list. */
export const LIST_FILES = 512
