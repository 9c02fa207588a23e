import { CHECK_PASS } from '../../check-ends.ts'
import type { EarlierCheck } from '../../earlier-check.ts'
import type { EarlierChecks } from '../../outcome-columns.ts'
import type { RunShard } from '../../protocol.ts'
import type { PrefetchFailure } from '../group-prefetch.ts'
import type { LoadedChain, LoadedCheck } from '../loaded-verifier.ts'
import { CheckProgress } from './check-progress.ts'

/** Where a task is from. */
export interface TaskPlace {
  readonly index: number
  readonly line: number | undefined
  readonly file: string | undefined
}

/** What was prefetched for its group; and what could not be, where it is by itself. */
export interface PrefetchedOfTask {
  readonly byCheck: readonly unknown[]
  readonly failures: readonly PrefetchFailure[]
}

/** What tasks of a shard have in common before they begin. */
export interface TaskPast {
  readonly chain: LoadedChain
  readonly attempt: number
  /** It is the first, and each check may begin as soon as those before it have passed. */
  readonly isSimple: boolean
  /** How long checks take that simply pass, ms; by check, and as it is when they do. */
  readonly durations: readonly number[]
  /** What the checks of a task have come to before; set where there are such tasks. */
  readonly earlierOf: ((position: number) => EarlierChecks | undefined) | undefined
}

/** @param durations - see {@link TaskPast} */
export function pastOf(
  chain: LoadedChain,
  { attempt, earlier = [] }: RunShard,
  durations: readonly number[],
): TaskPast {
  const isSimple = chain.every(({ terms }) => terms.goesOn[CHECK_PASS] === true && terms.barriers === 0)
  const known = new Map<number, EarlierChecks>(earlier.map((task) => [task.position, task]))
  const earlierOf = known.size === 0 ? undefined : (position: number) => known.get(position)
  return { chain, attempt, isSimple: isSimple && attempt === 1, durations, earlierOf }
}

/** A simple pass, as a later check sees it. */
const PASSED: EarlierCheck = Object.freeze({ status: 'completed', verdict: 'pass' })

/**
 * One task of a chain. Nearly every one passes check by check, at once and without more to say: of that only their number
 * is kept. Anything else needs the progress of each.
 */
export class ChainTask {
  readonly position: number
  readonly item: unknown
  readonly place: TaskPlace
  readonly prefetched: PrefetchedOfTask | undefined
  /** It waits for promises, or for others. */
  open: { id: unknown; abortedBy: { readonly error: unknown } | undefined } | undefined
  readonly #past: TaskPast
  /** So many checks, the first ones, have simply passed, as long as there is no progress. */
  #passed = 0
  #progress: CheckProgress | undefined

  constructor(
    past: TaskPast,
    position: number,
    item: unknown,
    place: TaskPlace,
    prefetched: PrefetchedOfTask | undefined,
  ) {
    this.#past = past
    this.position = position
    this.item = item
    this.place = place
    this.prefetched = prefetched
    if (!past.isSimple || past.earlierOf !== undefined) void this.progress
  }

  /** Of each check; from now on it is kept. */
  get progress(): CheckProgress {
    if (this.#progress !== undefined) return this.#progress
    const { chain, attempt, durations, earlierOf } = this.#past
    const progress = new CheckProgress(chain, attempt, earlierOf?.(this.position))
    for (let i = 0; i < this.#passed; i++) progress.passed(i, durations[i]!)
    this.#progress = progress
    return progress
  }

  /** All of its checks have passed, and have nothing more to say. */
  get hasSimplyPassed(): boolean {
    return this.#progress === undefined && this.#passed === this.#past.chain.length
  }
  get isSettled(): boolean {
    return this.#progress === undefined ? this.#passed === this.#past.chain.length : this.#progress.isSettled
  }

  /** As {@link CheckProgress.next}. */
  next(barriers: number): LoadedCheck | undefined {
    // What it waits for is before it, and has passed.
    if (this.#progress === undefined && this.open === undefined) return this.#past.chain[this.#passed]
    return this.progress.next(barriers, this.open?.abortedBy)
  }

  passed(check: number, durationMs: number): void {
    if (this.#progress === undefined) this.#passed++
    else this.#progress.passed(check, durationMs)
  }

  /** So many have simply passed, the first ones: nothing else was told of it before. */
  passedFirst(checks: number): void {
    this.#passed = checks
  }

  attemptOf(check: number): number {
    return this.#progress === undefined ? this.#past.attempt : this.#progress.attemptOf(check)
  }

  /** What the checks that come before this one came to, by name. */
  earlierOf(check: number): Readonly<Record<string, EarlierCheck>> {
    const { chain } = this.#past
    // Without Object's own: a check may be called `constructor`.
    const earlier = Object.create(null) as Record<string, EarlierCheck>
    for (const before of chain[check]!.before) {
      const { name } = chain[before]!.terms
      earlier[name] = this.#progress === undefined ? PASSED : this.#progress.ended(before)
    }
    return earlier
  }
}
