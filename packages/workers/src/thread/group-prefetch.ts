import * as atomics from './atomics.ts'
import { STOPPED } from '../cells.ts'
import type { RunShard } from '../protocol.ts'
import { Prefetching } from './prefetching.ts'
import type { PrefetchHook, PrefetchOutside } from './prefetching.ts'
import type { Records } from './record-list.ts'

/** Who is given what was prefetched for the tasks that begin next. */
export interface Prefetcher {
  /** By verifier: that of the shard, or the checks of its chain. */
  prefetched: readonly unknown[]
  /** What the task at this position was to be given for a verifier could not be had. */
  refuse(position: number, verifier: number, error: unknown, isLate: boolean): void
}

/** The groups of a shard's tasks that verifiers with a `prefetch` see, each before its tasks begin. */
export class GroupPrefetch {
  /** What is read through it is not parsed again. */
  readonly records: Records
  readonly #of: readonly { readonly verifier: number; readonly prefetching: Prefetching }[]
  readonly #message: RunShard
  readonly #cells: Int32Array

  /** @param hooks - by verifier @returns `undefined` where none has one */
  static of(
    hooks: readonly (PrefetchHook | undefined)[],
    shard: { readonly records: Records; readonly message: RunShard; readonly cells: Int32Array },
    outside: PrefetchOutside,
  ): GroupPrefetch | undefined {
    return hooks.some((hook) => hook !== undefined) ? new GroupPrefetch(hooks, shard, outside) : undefined
  }

  private constructor(
    hooks: readonly (PrefetchHook | undefined)[],
    { records, message, cells }: { readonly records: Records; readonly message: RunShard; readonly cells: Int32Array },
    outside: PrefetchOutside,
  ) {
    const of: { readonly verifier: number; readonly prefetching: Prefetching }[] = []
    let read = records
    for (const [verifier, hook] of hooks.entries()) {
      if (hook === undefined) continue
      const prefetching = new Prefetching(read, hook, outside)
      read = prefetching
      of.push({ verifier, prefetching })
    }
    this.records = read
    this.#of = of
    this.#message = message
    this.#cells = cells
  }

  /**
   * How far the tasks have been prefetched for, from the next one on; `undefined` while that is waited for.
   *
   * @param to - exclusive
   */
  reaches(next: number, to: number, who: Prefetcher): number | undefined {
    const { base, gate } = this.#message
    let end = to
    const prefetched: unknown[] = []
    for (const { verifier, prefetching } of this.#of) {
      const group = prefetching.at(next - base)
      if (group === undefined) {
        // The main thread may have taken the rest of it: nothing is fetched for what will not be started.
        if (atomics.load(this.#cells, gate) === STOPPED) return to
        if (!prefetching.isFetching) prefetching.fetch(next - base, to - base)
        return undefined
      }
      if ('error' in group) who.refuse(next, verifier, group.error, group.isLate)
      else prefetched[verifier] = group.value
      end = Math.min(end, prefetching.end + base)
    }
    who.prefetched = prefetched
    return end
  }

  /** Nobody wants it any more. */
  abort(reason: unknown): void {
    for (const { prefetching } of this.#of) prefetching.abort(reason)
  }
}
