import type { Status } from '@fanfold/core'

/** What is done to one record of the batch. */
export const FAULTS = ['throw', 'hang', 'spin', 'exit', 'heap'] as const
export type Fault = (typeof FAULTS)[number]

/** In a chain, harm is done by one check more, of this name. */
export const FAULTY_CHECK = 'fanfold-drill'

interface Meaning {
  /** For a person. */
  readonly text: string
  /** How a record ends to which this is done. */
  readonly becomes: readonly Status[]
}

export const MEANINGS: Readonly<Record<Fault, Meaning>> = {
  throw: { text: 'the verifier throws', becomes: ['errored'] },
  hang: { text: 'its promise never settles', becomes: ['timedOut'] },
  spin: { text: 'it loops for ever', becomes: ['timedOut'] },
  exit: { text: 'it ends its thread', becomes: ['crashed'] },
  // Whichever is over first, its time or the memory.
  heap: { text: 'it exhausts the heap', becomes: ['crashed', 'timedOut'] },
}
