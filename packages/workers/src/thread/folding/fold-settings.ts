/** How a run's outcomes are folded in the threads; goes along with each shard. */
export interface FoldSettings {
  /** Of no other reduction in this process. */
  readonly id: number
  /** Of the reducer's module. */
  readonly url: string
  /** As `plain-value.ts` writes it. */
  readonly config: Uint8Array
  readonly startTimeoutMs: number
  /** Tasks are folded in the order of their positions, also where they end in another. */
  readonly isInOrder: boolean
}
