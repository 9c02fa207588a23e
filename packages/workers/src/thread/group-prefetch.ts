import * as atomics from './atomics.ts'
import { STOPPED } from '../cells.ts'
import type { RunShard } from '../protocol.ts'
import { Prefetching } from './prefetching.ts'
import type { PrefetchHook, PrefetchOutside } from './prefetching.ts'
import type { Records } from './record-list.ts'

/** What could not be had for a verifier. */
export interface PrefetchFailure {
  /** That of the shard, 0; or the place of a check in its chain. */
  readonly verifier: number
  readonly error: unknown
  readonly isLate: boolean
}

/** Who is given what was prefetched for the tasks that begin next. */
export interface Prefetcher {
  /**
   * @param prefetched - by verifier
   * @param failures - of the task at this position, which is by itself then
   */
  prefetchedFor(position: number, prefetched: readonly unknown[], failures: readonly PrefetchFailure[]): void
}

/** Who waits for groups. */
export interface GroupOutside extends PrefetchOutside {
  /** No task runs now. */
  rest(): void
}

/** The groups of a shard's tasks that verifiers with a `prefetch` see, each before its tasks begin. */
export class GroupPrefetch {
  /** What is read through it is not parsed again. */
  readonly records: Records
  readonly #of: readonly { readonly verifier: number; readonly prefetching: Prefetching }[]
  readonly #message: RunShard
  readonly #cells: Int32Array
  readonly #rest: () => void

  /** @param hooks - by verifier @returns `undefined` where none has one */
  static of(
    hooks: readonly (PrefetchHook | undefined)[],
    shard: { readonly records: Records; readonly message: RunShard; readonly cells: Int32Array },
    outside: GroupOutside,
  ): GroupPrefetch | undefined {
    return hooks.some((hook) => hook !== undefined) ? new GroupPrefetch(hooks, shard, outside) : undefined
  }

  private constructor(
    hooks: readonly (PrefetchHook | undefined)[],
    { records, message, cells }: { readonly records: Records; readonly message: RunShard; readonly cells: Int32Array },
    outside: GroupOutside,
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
    this.#rest = () => outside.rest()
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
    const failures: PrefetchFailure[] = []
    for (const { verifier, prefetching } of this.#of) {
      const group = prefetching.at(next - base)
      if (group === undefined) {
        // The main thread may have taken the rest of it: nothing is fetched for what will not be started.
        if (atomics.load(this.#cells, gate) === STOPPED) return to
        if (!prefetching.isFetching) {
          // What it does before its first await is no task's doing.
          this.#rest()
          prefetching.fetch(next - base, to - base)
        }
        return undefined
      }
      if ('error' in group) failures.push({ verifier, ...group })
      else prefetched[verifier] = group.value
      end = Math.min(end, prefetching.end + base)
    }
    who.prefetchedFor(next, prefetched, failures)
    return end
  }

  /** Nobody wants it any more. */
  abort(reason: unknown): void {
    for (const { prefetching } of this.#of) prefetching.abort(reason)
  }
}
