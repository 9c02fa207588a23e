import type { CompletedOutcome, Outcome, UnsuccessfulOutcome } from '../outcome.ts'

/** An outcome that says something about the item. */
export type Answer = CompletedOutcome | UnsuccessfulOutcome

export function isAnswer(outcome: Outcome): outcome is Answer {
  return outcome.status !== 'aborted' && outcome.status !== 'skipped'
}

/** Whoever is told that a request is given up. */
export interface RequestOwner {
  withdraw(request: Request, reason: unknown): void
}

/** One item that somebody waits for. It is settled once: with its outcome, or with why there is none. */
export class Request {
  readonly item: unknown
  /** What it keeps in memory, by estimate. */
  readonly bytes: number
  readonly #owner: RequestOwner
  readonly #signal: AbortSignal | undefined
  readonly #resolve: (outcome: Answer) => void
  readonly #reject: (error: unknown) => void
  /** Where it is, when it has left the queue. */
  place: { readonly shard: number; readonly position: number } | undefined
  isSettled = false
  /** In the queue. */
  before: Request | undefined
  after: Request | undefined

  constructor(
    owner: RequestOwner,
    item: unknown,
    bytes: number,
    signal: AbortSignal | undefined,
    resolve: (outcome: Answer) => void,
    reject: (error: unknown) => void,
  ) {
    this.#owner = owner
    this.item = item
    this.bytes = bytes
    this.#signal = signal
    this.#resolve = resolve
    this.#reject = reject
    signal?.addEventListener('abort', this)
  }

  /** Its signal fires. */
  handleEvent(): void {
    this.#owner.withdraw(this, this.#signal!.reason)
  }

  resolve(outcome: Answer): void {
    this.isSettled = true
    this.#signal?.removeEventListener('abort', this)
    this.#resolve(outcome)
  }

  reject(error: unknown): void {
    this.isSettled = true
    this.#signal?.removeEventListener('abort', this)
    this.#reject(error)
  }
}

/** Requests that wait for a thread, first come, first served. Any of them can leave at once. */
export class RequestQueue {
  length = 0
  bytes = 0
  #first: Request | undefined
  #last: Request | undefined

  push(request: Request): void {
    request.before = this.#last
    if (this.#last === undefined) this.#first = request
    else this.#last.after = request
    this.#last = request
    this.length++
    this.bytes += request.bytes
  }

  remove(request: Request): void {
    const { before, after } = request
    if (before === undefined) this.#first = after
    else before.after = after
    if (after === undefined) this.#last = before
    else after.before = before
    request.before = undefined
    request.after = undefined
    this.length--
    this.bytes -= request.bytes
  }

  /** The first ones, at most so many tasks and bytes, but at least one. */
  take(maxTasks: number, maxBytes: number): Request[] {
    const taken: Request[] = []
    let bytes = 0
    for (let next = this.#first; next !== undefined && taken.length < maxTasks; next = this.#first) {
      bytes += next.bytes
      if (bytes > maxBytes && taken.length > 0) break
      this.remove(next)
      taken.push(next)
    }
    return taken
  }

  [Symbol.iterator](): IterableIterator<Request> {
    return this.take(Infinity, Infinity)[Symbol.iterator]()
  }
}
