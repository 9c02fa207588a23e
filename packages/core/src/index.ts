export { Engine } from './engine.ts'
export type { CloseReport } from './engine.ts'
export type { CheckDeclaration, LoadedVerifier } from './engine/loaded-verifier.ts'
export type { RequestOptions } from './engine/requests.ts'
export type { Run } from './run.ts'
export { verify } from './engine/verify.ts'
export { verifierAt } from './options/verifier-url.ts'
export type { VerifierLocation, VerifierUrl, VerifiersByName } from './options/verifier-url.ts'
export { reducerAt } from './options/reducer-url.ts'
export type { ReducerLocation, ReducerUrl } from './options/reducer-url.ts'
export type { ReduceOptions } from './options/reduce-options.ts'
export type { Reduced } from './run/reduction.ts'
export { assertSucceeded, ReduceError, RunError } from './report/run-error.ts'
export { ToleranceExceededError } from './report/tolerance-error.ts'
export { ERROR_CODES, FanfoldError } from './errors.ts'
export type { ErrorCode } from './errors.ts'
export { STATUSES, VERDICTS } from '@fanfold/workers/protocol'
export { syncFolderOf } from './journal/durable-folder.ts'
export type { JournaledOutput, OutputMark, RewrittenOutput } from './options/journaled-output.ts'
export type {
  CheckOptions,
  Concurrency,
  EngineOptions,
  JournalOptions,
  LoadOptions,
  Order,
  PoolKind,
  RetryOptions,
  RunOptions,
  RunUpdate,
} from './options.ts'
export type { LimitOptions, LimitStatus } from './options/limit-options.ts'
export type { EngineLimit } from './engine/engine-limit.ts'
export type { LineOptions } from './options/line-options.ts'
export type { LineBatch } from './run/line-batches.ts'
export type { OutcomeKind } from '@fanfold/workers/lines'
export type { Tolerance } from './policy/tolerance.ts'
export type { Outcome, CompletedOutcome, UnsuccessfulOutcome, AbortedOutcome, CheckOutcome, Status } from './outcome.ts'
export type { Batch } from './merge/batch.ts'
export type { CheckReport, FirstError, Progress, Report, RunResult, SlowTask, StuckThread } from './report/report.ts'
export { csv, files, lines, ndjson } from './sources/index.ts'
export type {
  CsvOptions,
  FileItem,
  FilesInput,
  FilesOptions,
  LinesOptions,
  NdjsonOptions,
  PathLike,
  Source,
  SourceInput,
  TextInput,
  TextOptions,
} from './sources/index.ts'
