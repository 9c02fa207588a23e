import { FanfoldError } from '../fanfold-error.ts'
import { startBeat, startTimer, stopBeat, stopTimer } from './clock.ts'
import { RecordsInFront } from './records-in-front.ts'
import type { Records } from './record-list.ts'

/** How often the main thread sees that the loop turns, ms. */
const BEAT_MS = 50

/** A verifier's hook that sees tasks before they are verified. */
export interface PrefetchHook {
  /** @param signal - fires when it takes too long, or when nobody wants it any more */
  prefetch(items: readonly unknown[], signal: AbortSignal): unknown
  /** Tasks of a group, at most. */
  readonly size: number
  /** ms */
  readonly timeoutMs: number
}

/** Who waits for a group. */
export interface PrefetchOutside {
  /** It is there, or has failed. */
  changed(): void
  /** The thread's event loop turns: told again and again while it is waited for. */
  beat(): void
}

/** What a group came to. */
export type Prefetched = { readonly value: unknown } | { readonly error: unknown; readonly isLate: boolean }

/**
 * Has a verifier's `prefetch` see the tasks of a shard group by group, each before it is started. When that fails for a
 * group, it is done again for each of its tasks by itself: so the one that it fails for, if it is one, costs no other its
 * verdict.
 *
 * Stands before the records, which it parses: what a verifier is given then is not parsed again.
 */
export class Prefetching extends RecordsInFront {
  readonly #hook: PrefetchHook
  readonly #outside: PrefetchOutside
  /** Ordinals from (inclusive) and to (exclusive) that may be started. */
  #from = 0
  #to = 0
  #items: readonly ({ readonly item: unknown } | { readonly error: unknown })[] = []
  /** Up to here each task is a group of its own. */
  #aloneTo = 0
  #fetching: AbortController | undefined
  #prefetched: Prefetched | undefined

  constructor(records: Records, hook: PrefetchHook, outside: PrefetchOutside) {
    super(records)
    this.#hook = hook
    this.#outside = outside
  }

  get isFetching(): boolean {
    return this.#fetching !== undefined
  }

  /** What there is for the task at this ordinal; `undefined`: it has to be fetched. */
  at(ordinal: number): Prefetched | undefined {
    return ordinal >= this.#from && ordinal < this.#to ? this.#prefetched : undefined
  }

  /** Exclusive: so far go the tasks that may be started now. */
  get end(): number {
    return this.#to
  }

  /** Fetches for the group that begins here. @param to - of the tasks that are to be run; exclusive */
  fetch(from: number, to: number): void {
    const size = from < this.#aloneTo ? 1 : this.#hook.size
    this.#from = this.#to = from
    const end = Math.min(to, from + size)
    this.#items = Array.from({ length: end - from }, (_, i) => this.#parse(from + i))
    void this.#fetch(from, end)
  }

  /** Nobody wants it any more. */
  abort(reason: unknown): void {
    this.#fetching?.abort(reason)
    this.#fetching = undefined
  }

  async #fetch(from: number, to: number): Promise<void> {
    const controller = new AbortController()
    this.#fetching = controller
    const items = this.#items.flatMap((parsed) => ('item' in parsed ? [parsed.item] : []))
    const result = await this.#ask(items, controller)
    if (this.#fetching !== controller) return
    this.#fetching = undefined
    if ('error' in result && to - from > 1) {
      this.#aloneTo = to
      this.fetch(from, to)
      return
    }
    this.#prefetched = result
    this.#to = to
    this.#outside.changed()
  }

  async #ask(items: readonly unknown[], controller: AbortController): Promise<Prefetched> {
    const { timeoutMs } = this.#hook
    const beat = startBeat(() => this.#outside.beat(), BEAT_MS)
    let timer: NodeJS.Timeout | undefined
    let isLate = false
    const late = new Promise<never>((_, reject) => {
      if (timeoutMs === Infinity) return
      timer = startTimer(() => {
        const error = prefetchTimedOut(timeoutMs)
        isLate = true
        reject(error)
        controller.abort(error)
      }, timeoutMs)
    })
    try {
      return {
        value: items.length === 0 ? undefined : await Promise.race([this.#call(items, controller.signal), late]),
      }
    } catch (error) {
      return { error, isLate }
    } finally {
      stopTimer(timer)
      stopBeat(beat)
    }
  }

  async #call(items: readonly unknown[], signal: AbortSignal): Promise<unknown> {
    return this.#hook.prefetch(items, signal)
  }

  #parse(ordinal: number): { readonly item: unknown } | { readonly error: unknown } {
    try {
      return { item: this.records.item(ordinal) }
    } catch (error) {
      return { error }
    }
  }

  override item(ordinal: number): unknown {
    const parsed = this.#items[ordinal - this.#from]
    if (parsed === undefined) return super.item(ordinal)
    if ('error' in parsed) throw parsed.error
    return parsed.item
  }
}

function prefetchTimedOut(timeoutMs: number): FanfoldError {
  return new FanfoldError(
    'FANFOLD_PREFETCH_TIMED_OUT',
    `the verifier's prefetch took longer than ${timeoutMs} ms. Raise its prefetchTimeoutMs if it is slow, not stuck, or lower its prefetchSize.`,
  )
}
