export type { Outcome, CompletedOutcome, UnsuccessfulOutcome, AbortedOutcome, Status } from './outcome.ts'
