import { FanfoldError } from '../errors.ts'

/** Whatever a caller gave as the reason, as the error of the aborted tasks. */
export function cancelError(reason: unknown): Error {
  if (reason instanceof FanfoldError) return reason
  const text = reason instanceof Error ? reason.message : typeof reason === 'string' ? reason : undefined
  const message = `the run was cancelled${text === undefined || text === '' ? '' : `: ${text}`}`
  return new FanfoldError('FANFOLD_RUN_ABORTED', message, reason === undefined ? undefined : { cause: reason })
}

/** The second argument, given as the first. */
export function isCancelOptions(reason: unknown): boolean {
  if (typeof reason !== 'object' || reason === null || reason instanceof Error) return false
  const keys = Object.keys(reason)
  return keys.length === 1 && keys[0] === 'when'
}
