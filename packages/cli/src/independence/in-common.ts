import type { Difference } from './conclude.ts'
import { apart, isSameValue } from './ending.ts'
import type { Ended, Ending, Endings } from './ending.ts'
import { commonFields } from './fields.ts'

/** In a smaller sample the same ending stands at the same place by chance. */
const LEAST_PLACES = 8

/**
 * What records have in common whose verdicts depend on the others, as sentences; none, if nothing is found.
 *
 * @param sample - all records, as they ended the first time
 * @param reversed - how they ended in the reverse order
 */
export function dependentInCommon(
  differences: readonly Difference[],
  sample: readonly Ended[],
  reversed: Endings,
): string[] {
  return [
    ...changes(differences),
    ...(isByPlace(differences, sample, reversed)
      ? ['the verdict is that of the place in the order, whichever record is there: something counts']
      : []),
    ...(differences.length > 0 && differences.every(({ way }) => way !== 'reversed')
      ? ['one by one, in any order, they are as they were: something is shared by records that run at the same time']
      : []),
    ...fieldFacts(differences, sample),
  ]
}

/**
 * What records have in common whose verdicts differ by themselves.
 *
 * @param later - how they ended in all rounds after the first
 */
export function unrepeatableInCommon(
  differences: readonly Difference[],
  sample: readonly Ended[],
  later: readonly Endings[],
): string[] {
  return [
    ...changes(differences),
    ...(isRemembered(differences, later)
      ? ['each changes after the first time, and then stays: something outside the threads remembers it']
      : []),
    ...fieldFacts(differences, sample),
  ]
}

/** From what to what they all went, or what each of them was, one time and not the other. */
function changes(differences: readonly Difference[]): string[] {
  const [one, ...rest] = differences.map(({ first, otherwise }) => apart(first, otherwise))
  if (one === undefined || rest.length === 0) return []
  if (rest.every(([before, after]) => before === one[0] && after === one[1]))
    return [`all went from ${one[0]} to ${one[1]}`]
  // Of two that fit, as where all went from one to the other or back, the one that is no pass says more.
  const always = one.filter((ending) => rest.every((pair) => pair.includes(ending)))
  const said = always.find((ending) => !ending.startsWith('pass')) ?? always[0]
  return said === undefined ? [] : [`each is ${said} one time, and not the other`]
}

/** As with a counter: where a record that differs stood, one that ended in the same way stood in the other order. */
function isByPlace(differences: readonly Difference[], sample: readonly Ended[], reversed: Endings): boolean {
  const moved = differences.filter(({ way }) => way === 'reversed')
  if (moved.length < 2 || sample.length < LEAST_PLACES) return false
  const places = new Map(sample.map(({ index }, place) => [index, place]))
  return moved.every(({ index, first }) => {
    const opposite = sample.at(-1 - places.get(index)!)
    return opposite !== undefined && isSame(reversed.get(opposite.index), first)
  })
}

function isRemembered(differences: readonly Difference[], later: readonly Endings[]): boolean {
  if (differences.length < 2) return false
  return differences.every(({ index, otherwise }) =>
    later.every((endings) => endings.get(index)?.text === otherwise.text),
  )
}

function isSame(one: Ending | undefined, other: Ending): boolean {
  return one !== undefined && one.text === other.text && isSameValue(one, other)
}

function fieldFacts(differences: readonly Difference[], sample: readonly Ended[]): string[] {
  const different = new Set(differences.map(({ index }) => index))
  return commonFields(sample.map(({ index, item }) => ({ item, differs: different.has(index) })))
}
