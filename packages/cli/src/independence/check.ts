import type { Interruption } from '../interruption.ts'
import { Comparison } from './conclude.ts'
import type { Played } from './conclude.ts'
import type { Endings } from './ending.ts'
import { dependentInCommon, unrepeatableInCommon } from './in-common.ts'
import type { Finding } from './independence-text.ts'
import { playRound } from './rounds.ts'
import type { Round, Subject, Way } from './rounds.ts'

/** What one thread does not get done in this time is not in the sample, ms. */
const FIRST_ROUND_MS = 10_000
const OTHERS: readonly Way[] = ['shards', 'shuffled', 'reversed']

/** What was found, and whether a thread could not be ended on the way. */
export interface Checked {
  readonly finding: Finding
  readonly isStuck: boolean
}

/**
 * Verifies the first records of the input several times: twice in the same order, then in others, each time on fresh
 * threads.
 *
 * @param most - how many records
 * @param between - is awaited before each round but the first
 * @throws {FanfoldError} as {@link playRound}
 */
export async function checkIndependence(
  subject: Subject,
  most: number,
  interruption: Interruption,
  between: (way: Way) => Promise<void>,
): Promise<Checked> {
  const rounds: Round[] = []
  const first = await playRound(subject, 'first', most, interruption, FIRST_ROUND_MS)
  const { ended: sample, isCut } = first
  if (sample.length < 2) return { finding: nothingFound(sample, subject.threads), isStuck: first.isStuck }
  const play = async (way: Way): Promise<Played> => {
    await between(way)
    const round = await playRound(subject, way, sample.length, interruption)
    rounds.push(round)
    return { way, endings: endingsOf(round) }
  }
  const playAll = async (ways: readonly Way[]): Promise<Played[]> => {
    const all: Played[] = []
    for (const way of ways) all.push(await play(way))
    return all
  }
  const again = await play('again')
  const comparison = new Comparison(endingsOf(first), again.endings)
  const others = await playAll(OTHERS)
  const repeats = await playAll(comparison.suspicious(others))
  const { dependent, unrepeatable } = comparison.conclude(others, repeats)
  const later = [again, ...others, ...repeats].map(({ endings }) => endings)
  const reversed = others.find(({ way }) => way === 'reversed')!.endings // it is one of them
  return {
    finding: {
      sample,
      cutAfterMs: isCut ? FIRST_ROUND_MS : undefined,
      threads: subject.threads,
      dependent,
      unrepeatable,
      seenIn: others.map((played) => ({ way: played.way, count: comparison.differences(played).length })),
      dependentFacts: dependentInCommon(dependent, sample, reversed),
      unrepeatableFacts: unrepeatableInCommon(unrepeatable, sample, later),
    },
    isStuck: [first, ...rounds].some(({ isStuck }) => isStuck),
  }
}

/** One record has no order. */
function nothingFound(sample: Finding['sample'], threads: number): Finding {
  const nothing = { dependent: [], unrepeatable: [], seenIn: [], dependentFacts: [], unrepeatableFacts: [] }
  return { sample, cutAfterMs: undefined, threads, ...nothing }
}

function endingsOf({ ended }: Round): Endings {
  return new Map(ended.map(({ index, ending }) => [index, ending]))
}
