import { FanfoldError } from '../errors.ts'
import type { Tolerance } from '../policy/tolerance.ts'
import type { FirstError } from './report.ts'

const SHOWN = 3

/**
 * More tasks were unsuccessful than the run tolerates: why its result is `failed`, and what its iteration throws after
 * the last outcome.
 */
export class ToleranceExceededError extends FanfoldError {
  override readonly name: string = 'ToleranceExceededError'
  readonly tolerance: Tolerance
  /** How many there were when this was noticed is in the message; here are the first of them. */
  readonly firstErrors: readonly FirstError[]

  constructor(message: string, tolerance: Tolerance, { firstErrors }: { readonly firstErrors: readonly FirstError[] }) {
    const shown = firstErrors.slice(0, SHOWN).map(({ index, error }) => `index ${index}: ${error.message}`)
    const first = shown.length === 0 ? '' : ` The first: ${shown.join('; ')}.`
    super('FANFOLD_TOLERANCE_EXCEEDED', `${message}.${first}`)
    this.tolerance = tolerance
    this.firstErrors = firstErrors
  }
}
