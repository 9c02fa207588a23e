import { setImmediate as turn } from 'node:timers/promises'

/** Even numbers are valid; low ones take more turns of the event loop than high ones, so answers overtake each other. */
export default async (item: number): Promise<boolean> => {
  for (let n = item % 10; n < 10; n++) await turn()
  return item % 2 === 0
}
