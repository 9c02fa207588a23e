import { isSameValue } from './ending.ts'
import type { Ending, Endings } from './ending.ts'
import type { Way } from './rounds.ts'

/** How the sample ended in one of the ways in which it was verified. */
export interface Played {
  readonly way: Way
  readonly endings: Endings
}

/** A record that did not end as it did the first time. */
export interface Difference {
  readonly index: number
  readonly first: Ending
  readonly otherwise: Ending
  /** In which it was seen. */
  readonly way: Way
}

/** What follows from the rounds. */
export interface Conclusion {
  /** The verdicts depend on what else was verified, before or beside. */
  readonly dependent: readonly Difference[]
  /** They differ without any such cause. */
  readonly unrepeatable: readonly Difference[]
}

/** Verdicts that differ by themselves do so in any order: so many times as many have to differ before it is the order. */
const STANDS_OUT = 3

/** How the others are compared with the first round. */
export class Comparison {
  readonly #first: Endings
  /** Differ although nothing else did. */
  readonly noise: readonly Difference[]
  /** A value that is a time of day or a random number tells nothing. */
  readonly #hasValues: boolean

  /** @param again - in the same order as the first, in every respect */
  constructor(first: Endings, again: Endings) {
    this.#first = first
    this.#hasValues = [...first].every(([index, ending]) => {
      const other = again.get(index)
      return other === undefined || other.text !== ending.text || isSameValue(ending, other)
    })
    this.noise = this.differences({ way: 'again', endings: again })
  }

  /** In the order of their index. */
  differences({ way, endings }: Played): Difference[] {
    return [...this.#first].flatMap(([index, first]) => {
      const otherwise = endings.get(index) ?? NO_OUTCOME
      const isSame = first.text === otherwise.text && (!this.#hasValues || isSameValue(first, otherwise))
      return isSame ? [] : [{ index, first, otherwise, way }]
    })
  }

  /** Ways that are worth another look: in these, more differ than do by themselves. */
  suspicious(others: readonly Played[]): Way[] {
    const least = this.noise.length * STANDS_OUT
    return others.filter((played) => this.differences(played).length > least).map(({ way }) => way)
  }

  /**
   * A difference is put down to the others only if it is seen again when the same is done once more, in one of the ways in
   * which it was suspicious. Where one is, and nothing differs by itself, all are: which records share a thread is chance.
   *
   * @param repeats - the suspicious ones of the others, once more
   */
  conclude(others: readonly Played[], repeats: readonly Played[]): Conclusion {
    const noise = new Map(this.noise.map((difference) => [difference.index, difference]))
    const seenAgain = new Set(repeats.flatMap((played) => this.differences(played)).map(({ index }) => index))
    const dependent = new Map<number, Difference>()
    const isClear = noise.size === 0 && seenAgain.size > 0
    for (const difference of others.flatMap((played) => this.differences(played))) {
      const { index } = difference
      if (noise.has(index)) continue
      if (!isClear && !seenAgain.has(index)) noise.set(index, difference)
      else if (difference.way === 'reversed' || !dependent.has(index)) dependent.set(index, difference)
    }
    return { dependent: sorted(dependent), unrepeatable: sorted(noise) }
  }
}

const NO_OUTCOME: Ending = { status: 'aborted', text: 'no outcome', value: undefined }

function sorted(differences: ReadonlyMap<number, Difference>): Difference[] {
  return [...differences.values()].toSorted((a, b) => a.index - b.index)
}
