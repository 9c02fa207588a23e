import { Engine } from '@fanfold/core'
import type { EngineOptions, RunOptions, Source } from '@fanfold/core'
import type { GivenVerifier } from '../commands/verifier-location.ts'
import type { Interruption } from '../interruption.ts'
import { withPatience } from '../patience.ts'
import { whenAborted } from '../when-aborted.ts'
import { endingOf } from './ending.ts'
import type { Ended } from './ending.ts'
import { inOrder, reversed, shuffled, upTo } from './order.ts'

/**
 * In which way the sample is verified. `first` and `again`: in the order of the input, one by one on one thread, as a plain
 * loop would. `shards`: as the run goes about it. `shuffled`: in any order on all threads. `reversed`: one by one again.
 */
export type Way = 'first' | 'again' | 'shards' | 'shuffled' | 'reversed'

/** What is verified, and with what. */
export interface Subject {
  readonly verifier: GivenVerifier
  readonly config: unknown
  readonly engine: EngineOptions
  readonly run: RunOptions
  /** Can be opened any number of times. */
  readonly source: Source
  /** Of the run itself; at least 2, or there were no company to depend on. */
  readonly threads: number
}

/** What came of a round. */
export interface Round {
  readonly way: Way
  /** The time was over before it came to its end. */
  readonly isCut: boolean
  /** In the order of their index. */
  readonly ended: readonly Ended[]
  /** A thread could not be ended. */
  readonly isStuck: boolean
}

/** The records of the sample are held, and several times in threads. */
const MOST_BYTES = 64 * 2 ** 20
/** Records one by one: only so each has the same before it whenever the order is the same. */
const ONE_BY_ONE = { threads: 1, concurrency: 1 }

/**
 * Verifies the sample once, on fresh threads.
 *
 * @param count - how many records
 * @param stopAfterMs - what has no outcome by then is left out, and all that is behind it
 * @throws {FanfoldError} why the verifier cannot start, or the run has failed; the reason of `interruption`, when it came
 */
export async function playRound(
  subject: Subject,
  way: Way,
  count: number,
  interruption: Interruption,
  stopAfterMs?: number,
): Promise<Round> {
  const { threads, ...run } = settingsOf(subject, way)
  const engine = new Engine({ ...subject.engine, threads })
  try {
    const loaded = engine.load(subject.verifier, { config: subject.config })
    await interruption.orSignal(loaded.ready)
    interruption.soon.throwIfAborted()
    const running = loaded.run(sourceOf(subject, way, count), { ...run, limit: count })
    const forget = whenAborted(interruption.soon, () => running.cancel(interruption.soon.reason))
    let isCut = false
    const enough = (): void => {
      isCut = true
      running.cancel(new Error('the time is over'), { when: 'soon' })
    }
    const timer = stopAfterMs === undefined ? undefined : setTimeout(enough, stopAfterMs)
    const ended: Ended[] = []
    for await (const batch of running.batches()) {
      for (let i = 0; i < batch.length; i++) {
        const outcome = batch.at(i)
        const { index, line, file } = outcome
        ended.push({ index, line, file, item: batch.itemAt(i), ending: endingOf(outcome) })
      }
    }
    clearTimeout(timer)
    forget()
    interruption.soon.throwIfAborted()
    const { stuckThreads } = await engine.close()
    return { way, isCut, ended: wholeFrom(ended), isStuck: stuckThreads.length > 0 }
  } finally {
    await withPatience(engine.close(), interruption.now)
  }
}

function settingsOf({ run, threads }: Subject, way: Way): RunOptions & { readonly threads: number } {
  return way === 'shards' || way === 'shuffled' ? { ...run, threads } : { ...run, ...ONE_BY_ONE }
}

function sourceOf({ source }: Subject, way: Way, count: number): Source {
  if (way === 'shuffled') return inOrder(source, shuffled(count))
  if (way === 'reversed') return inOrder(source, reversed(count))
  return way === 'first' ? upTo(source, MOST_BYTES) : source
}

/** Up to the first that was not verified: the rounds after it are of the same records. */
function wholeFrom(ended: readonly Ended[]): Ended[] {
  const sorted = ended.toSorted((a, b) => a.index - b.index)
  const missing = sorted.findIndex(({ ending }) => ending.status === 'aborted')
  return missing < 0 ? sorted : sorted.slice(0, missing)
}
