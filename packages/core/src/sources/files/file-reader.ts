import type { ReadLimits, Shard, ShardReader } from '../shard.ts'
import { FileShard, UnreadableFile, bytesOfName } from './file-shard.ts'
import type { Listing } from './listing.ts'
import type { FileList } from './listing-messages.ts'

/** Cuts what is listed into shards, while it is listed. */
export class FileReader implements ShardReader {
  readonly areBytesElsewhere = true
  readonly #listing: Listing
  readonly #folder: string
  readonly #onClose: () => void
  #list: FileList | undefined
  /** The place in the list of what comes next. */
  #next = 0
  #tasksRead = 0
  bytesRead = 0
  #isClosed = false

  /**
   * @param folder - where names that are not absolute start
   * @param onClose - lets go of what the listing reads
   */
  constructor(listing: Listing, folder: string, onClose: () => void = () => {}) {
    this.#listing = listing
    this.#folder = folder
    this.#onClose = onClose
  }

  get totalTasks(): number | undefined {
    return this.#listing.isComplete ? this.#listing.files : undefined
  }

  get totalBytes(): number | undefined {
    return this.#listing.isComplete ? this.#listing.bytes : undefined
  }

  next(limits: ReadLimits): Shard | undefined | Promise<Shard | undefined> {
    if (this.#isClosed) return undefined
    this.#list ??= this.#listing.take()
    return this.#list === undefined ? this.#later(limits) : this.#cut(limits)
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#list = undefined
    this.#listing.close()
    this.#onClose()
  }

  async #later(limits: ReadLimits): Promise<Shard | undefined> {
    const list = await this.#listing.taken()
    if (list === undefined || this.#isClosed) return undefined
    this.#list = list
    // It may be empty, where all that was looked at are folders.
    return this.next(limits)
  }

  #cut(limits: ReadLimits): Shard | undefined | Promise<Shard | undefined> {
    const problem = this.#list?.problems.get(this.#next)
    if (problem !== undefined) return this.#unreadable(problem)
    const draft = new Draft(limits, this.#fairBytes(limits.maxTasks))
    // What is there makes a shard: nobody waits for more.
    for (let list = this.#list; list !== undefined; list = this.#list) {
      if (!this.#takeOf(list, draft)) break
      this.#advance(list, list.names.length)
    }
    if (draft.names.length === 0) return this.next(limits)
    const shard = new FileShard(
      this.#folder,
      draft.names,
      Float64Array.from(draft.sizes),
      draft.memory,
      this.#tasksRead,
    )
    this.#tasksRead += shard.tasks
    this.bytesRead += draft.bytes
    return shard
  }

  /** @returns whether all of the list was taken */
  #takeOf(list: FileList, draft: Draft): boolean {
    const { names, sizes, problems } = list
    for (; this.#next < names.length; this.#next++) {
      if (problems.has(this.#next) || !draft.add(names[this.#next]!, sizes[this.#next]!)) return false
    }
    return true
  }

  #unreadable(problem: string): Shard {
    const list = this.#list! // in which the problem was found
    const shard = new UnreadableFile(this.#folder, list.names[this.#next]!, problem, this.#tasksRead)
    this.#tasksRead++
    this.#advance(list, this.#next + 1)
    return shard
  }

  #advance(list: FileList, to: number): void {
    this.#next = to
    if (to < list.names.length) return
    this.#listing.done()
    this.#list = this.#listing.take()
    this.#next = 0
  }

  /**
   * How many bytes of files a shard should have: as many as its number of tasks has on average of all that is listed. So
   * large files come in small shards, and where all are of a size, nothing changes.
   */
  #fairBytes(maxTasks: number): number {
    const { files, bytes } = this.#listing
    return (bytes / files) * maxTasks
  }
}

/** The files that the next shard will have. */
class Draft {
  readonly names: string[] = []
  readonly sizes: number[] = []
  memory = 0
  bytes = 0
  readonly #limits: ReadLimits
  readonly #fairBytes: number

  constructor(limits: ReadLimits, fairBytes: number) {
    this.#limits = limits
    this.#fairBytes = fairBytes
  }

  /** @returns whether it fitted; the first always does */
  add(name: string, size: number): boolean {
    const memory = this.memory + bytesOfName(name)
    const bytes = this.bytes + size
    const { length } = this.names
    if (length === this.#limits.maxTasks) return false
    if (length > 0 && (memory > this.#limits.maxBytes || bytes > this.#fairBytes)) return false
    this.names.push(name)
    this.sizes.push(size)
    this.memory = memory
    this.bytes = bytes
    return true
  }
}
