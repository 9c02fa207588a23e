import type { Status } from '@fanfold/workers/protocol'
import type { Nature } from './scenario.ts'

/** What becomes of each task in a world that runs one after the other, each in a thread of its own. */
const FATES: Readonly<Record<Nature, readonly Status[]>> = {
  passes: ['completed'],
  throws: ['errored'],
  blocks: ['timedOut'],
  // Its verdict counts if it came before the thread's end, and not otherwise.
  late: ['completed', 'timedOut'],
  hangs: ['timedOut'],
  slow: ['completed'],
  crashes: ['crashed'],
  crashesOnce: ['completed'],
  poisons: ['crashed'],
  unsendable: ['errored'],
  unreadable: ['errored'],
}
const CUT_SHORT = new Map<Nature, readonly Status[]>(
  Object.entries(FATES).map(([nature, fates]) => [nature as Nature, [...fates, 'aborted']]),
)

/** How a task may end; in a run that is cut short it may also be `aborted`. */
export function fatesOf({ nature }: { readonly nature: Nature }, isCutShort: boolean): readonly Status[] {
  return isCutShort ? CUT_SHORT.get(nature)! : FATES[nature]
}
