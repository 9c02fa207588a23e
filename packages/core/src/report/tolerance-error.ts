import { FanfoldError } from '../errors.ts'
import { describeTolerance } from '../policy/tolerance.ts'
import type { Tolerance } from '../policy/tolerance.ts'
import { withoutStop } from '@fanfold/workers/protocol'
import type { FirstError } from './report.ts'

const SHOWN = 3

/**
 * More tasks were unsuccessful than the run tolerates: why its result is `failed`, and what its iteration throws after
 * the last outcome.
 */
export class ToleranceExceededError extends FanfoldError {
  override readonly name: string = 'ToleranceExceededError'
  readonly tolerance: Tolerance
  /** Tasks that were unsuccessful in the end. */
  readonly unsuccessful: number
  readonly firstErrors: readonly FirstError[]

  constructor(breach: Pick<ToleranceExceededError, 'tolerance' | 'unsuccessful' | 'firstErrors'>, total: number) {
    const { tolerance, unsuccessful, firstErrors } = breach
    const shown = firstErrors.slice(0, SHOWN).map(({ index, error }) => `index ${index}: ${withoutStop(error.message)}`)
    const first = shown.length === 0 ? '' : ` The first: ${shown.join('; ')}.`
    const message = `${unsuccessful} of ${total} tasks were unsuccessful, more than the ${describeTolerance(tolerance)} that was tolerated.${first}`
    super('FANFOLD_TOLERANCE_EXCEEDED', message)
    this.tolerance = tolerance
    this.unsuccessful = unsuccessful
    this.firstErrors = firstErrors
  }
}
