import { Worker } from 'node:worker_threads'
import { FanfoldError } from '@fanfold/workers/protocol'
import type { FileListIdentity } from '../shard.ts'
import { reasonOf } from '../thrown.ts'
import { MOST_LISTS } from './listing-messages.ts'
import type { FileList, FromListing, ListingTask, ToListing } from './listing-messages.ts'

const ENTRY = new URL('./listing-thread.js', import.meta.url)

/**
 * The main thread's side of a thread that lists files. It keeps the process alive only while somebody waits for it.
 *
 * A file costs it 3 µs (to be read from its folder, matched, looked at). `fs/promises` would take 17 µs for that, most of
 * them on the main thread, and that is twice of what it takes to hash a small file.
 */
export class Listing {
  readonly #worker: Worker
  readonly #messages: Exclude<FromListing, { type: 'begun' }>[] = []
  #failure: FanfoldError | undefined
  #hasBegun = false
  #hasEnded = false
  #wake: (() => void) | undefined
  /** Lists of paths that were sent, and are not done with. */
  #sent = 0
  #onRoom: (() => void) | undefined
  /** What was listed so far, and how many bytes these files have. */
  files = 0
  bytes = 0
  /** Nothing is to come. */
  isComplete = false

  constructor(task: ListingTask) {
    // What the application was started with (other loaders, a script on the command line) is not for this thread.
    this.#worker = new Worker(ENTRY, { workerData: task, execArgv: [], name: 'fanfold-listing' })
    this.#worker.unref()
    this.#worker.on('message', (message: FromListing) => this.#heard(message)) // its only sender is ours
    this.#worker.on('error', (cause) => this.#end(listingFailed(cause)))
    this.#worker.on('exit', () => this.#end(listingFailed('its thread was ended')))
  }

  /** @throws {FanfoldError} `FANFOLD_SOURCE_UNREADABLE` */
  async begun(): Promise<void> {
    while (!this.#hasBegun) {
      if (this.#failure !== undefined) throw this.#failure
      if (this.#hasEnded) return
      await this.#change()
    }
  }

  /** @throws {FanfoldError} `FANFOLD_SOURCE_UNREADABLE`, `FANFOLD_SOURCE_FAILED` */
  async identified(): Promise<FileListIdentity> {
    const message = await this.#next()
    if (message?.type === 'identified') return message.identity
    throw listingFailed('it came to no end')
  }

  /** The next list, if it is there already; who has taken it says when it is done with. */
  take(): FileList | undefined {
    const message = this.#messages.shift()
    return message?.type === 'files' ? message : undefined
  }

  /** As `take`, and waits for it; `undefined` behind the last. @throws {FanfoldError} why there is none */
  async taken(): Promise<FileList | undefined> {
    const message = await this.#next()
    return message?.type === 'files' ? message : undefined
  }

  /** A list is done with: there is room for another. */
  done(): void {
    this.#worker.postMessage({ type: 'more' } satisfies ToListing)
    this.#sent--
    this.#onRoom?.()
  }

  /** Has it look at paths. Resolves when more may be sent. */
  async look(names: readonly string[]): Promise<void> {
    this.#worker.postMessage({ type: 'paths', names } satisfies ToListing)
    this.#sent++
    while (this.#sent >= MOST_LISTS && !this.#hasEnded) await new Promise<void>((resolve) => (this.#onRoom = resolve))
  }

  /** No more paths will be sent. */
  lookedAtAll(): void {
    this.#worker.postMessage({ type: 'end' } satisfies ToListing)
  }

  /** Whoever waits is told that nothing more comes. */
  close(failure?: FanfoldError): void {
    this.#end(failure)
    void this.#worker.terminate()
  }

  async #next(): Promise<Exclude<FromListing, { type: 'begun' }> | undefined> {
    while (this.#messages.length === 0) {
      if (this.#failure !== undefined) throw this.#failure
      if (this.#hasEnded) return undefined
      await this.#change()
    }
    return this.#messages.shift()
  }

  #heard(message: FromListing): void {
    if (this.#hasEnded) return
    switch (message.type) {
      case 'begun':
        this.#hasBegun = true
        break
      case 'files':
        this.files += message.names.length
        this.bytes += message.sizes.reduce((sum, size) => sum + size, 0)
        this.#messages.push(message)
        break
      case 'identified':
        this.#messages.push(message)
        return this.#end(undefined)
      case 'ended':
        this.isComplete = true
        return this.#end(undefined)
      case 'refused':
        return this.#end(new FanfoldError('FANFOLD_SOURCE_UNREADABLE', message.message))
    }
    this.#wake?.()
  }

  #end(failure: FanfoldError | undefined): void {
    if (this.#hasEnded) return
    this.#hasEnded = true
    this.#failure = failure
    this.#wake?.()
    this.#onRoom?.()
  }

  #change(): Promise<void> {
    this.#worker.ref()
    return new Promise((resolve) => {
      this.#wake = () => {
        this.#wake = undefined
        this.#worker.unref()
        resolve()
      }
    })
  }
}

function listingFailed(cause: unknown): FanfoldError {
  const message = `the files could not be listed: ${reasonOf(cause)}. The files listed before stay valid.`
  return new FanfoldError('FANFOLD_SOURCE_FAILED', message, { cause })
}
