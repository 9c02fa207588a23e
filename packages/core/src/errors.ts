export { ERROR_CODES, FanfoldError } from '@fanfold/workers/protocol'
export type { ErrorCode } from '@fanfold/workers/protocol'
