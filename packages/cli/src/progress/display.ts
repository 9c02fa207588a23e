import type { Progress } from '@fanfold/core'

/** Shows on stderr how far a run is. */
export interface Display {
  /** From now on; `read` gives nothing while the verifier is being set up. */
  start(read: () => Progress | undefined): void
  /** Shows nothing any more, and leaves nothing behind that the summary would have to be written around. */
  stop(): void
}

/** What is shown beside the numbers. */
export interface Subject {
  /** The input. */
  readonly name: string
  readonly verifier: string
  /** Tasks are whole files: one may take a thousand times as long as another, so their bytes tell more than their number. */
  readonly hasFiles?: boolean
}
