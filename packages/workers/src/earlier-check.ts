import type { CheckStatus } from './check-ends.ts'
import type { Issue, VerdictName } from './verdict.ts'

/** What an earlier check of the same task came to, as a later one sees it (`context.checks`). */
export interface EarlierCheck {
  readonly status: CheckStatus
  /** Of a completed one. */
  readonly verdict?: VerdictName
  /** The first issue's reason. */
  readonly reason?: string
  readonly issues?: readonly Issue[]
  /** What it gave to `pass`, `flag` or `fail`. */
  readonly value?: unknown
}
