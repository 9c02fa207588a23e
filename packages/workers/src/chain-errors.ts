import { FanfoldError } from './fanfold-error.ts'

export function badChain(message: string): FanfoldError {
  return new FanfoldError('FANFOLD_BAD_CHAIN', message)
}
