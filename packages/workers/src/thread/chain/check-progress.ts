import { deserialize, serialize } from 'node:v8'
import {
  CHECK_ABORTED,
  CHECK_ERRORED,
  CHECK_PASS,
  CHECK_SKIPPED,
  checkCode,
  statusOfCheck,
  verdictOfCheck,
  worstCheck,
} from '../../check-ends.ts'
import type { EarlierCheck } from '../../earlier-check.ts'
import { encodeError } from '../../error-codec.ts'
import { FanfoldError } from '../../fanfold-error.ts'
import { COMPLETED, STATUSES } from '../../outcome-columns.ts'
import type { CheckDetail, EarlierChecks, FailedCheck } from '../../outcome-columns.ts'
import { VERDICTS } from '../../verdict.ts'
import type { Verdict } from '../../verdict.ts'
import type { LoadedChain, LoadedCheck } from '../loaded-verifier.ts'
import type { ChainOutcome } from './chain-outcome.ts'
import { loneReason } from '../detail-writer.ts'
import { notCloneable } from '../task-errors.ts'

/** In place of a code: it has not begun … */
const UNSETTLED = 254
/** … or runs. */
const RUNNING = 255

type Code = number

/** How far the checks of a task have come, each with what it has to say. */
export class CheckProgress {
  readonly #chain: LoadedChain
  readonly #codes: Code[] = []
  readonly #durations: number[] = []
  readonly #attempts: number[] = []
  readonly #details: (CheckDetail | undefined)[] = []
  /** What checks of this attempt have said, as later ones are given it. */
  readonly #given: (Pick<CheckDetail, 'issues' | 'value'> | undefined)[] = []
  readonly #failed: FailedCheck[] = []
  #unsettled: number

  /** @param attempt - of the task @param earlier - what its checks have come to before */
  constructor(chain: LoadedChain, attempt: number, earlier: EarlierChecks | undefined) {
    this.#chain = chain
    this.#unsettled = chain.length
    for (let i = 0; i < chain.length; i++) {
      this.#codes[i] = UNSETTLED
      this.#durations[i] = 0
      this.#attempts[i] = attempt + (earlier?.attempts[i] ?? 0)
    }
    for (const { code, durationMs, detail } of earlier?.ended ?? []) this.#end(detail.check, code, durationMs, detail)
  }

  get isSettled(): boolean {
    return this.#unsettled === 0
  }

  /**
   * The next check that may begin; `undefined`: all are settled, or wait for others. What is not to run is settled on the
   * way.
   *
   * @param barriers - so many are open
   * @param abortedBy - nothing more is begun
   */
  next(barriers: number, abortedBy: { readonly error: unknown } | undefined): LoadedCheck | undefined {
    const chain = this.#chain
    for (let i = 0; i < chain.length; i++) {
      if (this.#codes[i] !== UNSETTLED) continue
      const check = chain[i]!
      if (abortedBy !== undefined) this.#abort(i, abortedBy.error)
      else if (!this.#areSettled(check.terms.after)) continue
      else if (this.#isStoppedBy(check.terms.after)) this.#end(i, CHECK_SKIPPED, 0, undefined)
      else if (check.terms.barriers <= barriers) return check
    }
    return undefined
  }

  /** Executions that are charged to the check, this one included. */
  attemptOf(check: number): number {
    return this.#attempts[check]!
  }

  /** It has returned a promise. */
  begun(check: number): void {
    this.#codes[check] = RUNNING
  }

  passed(check: number, durationMs: number): void {
    this.#end(check, CHECK_PASS, durationMs, this.#detail(check, 0))
  }

  /** A verdict; one whose value cannot be sent is none. */
  completed(check: number, verdict: Verdict, durationMs: number, waitMs: number): void {
    const { issues, value } = verdict
    const code = checkCode(COMPLETED, VERDICTS.indexOf(verdict.verdict))
    if (issues.length === 0 && value === undefined)
      return this.#end(check, code, durationMs, this.#detail(check, waitMs))
    const said = { ...(issues.length === 0 ? {} : { issues }), ...(value === undefined ? {} : { value }) }
    let copy = said
    try {
      // Later checks are given the value itself, and its verifier may go on to use it: it is told as it is now.
      const lone = loneReason(verdict)
      if (lone !== undefined) copy = { issues: [{ reason: lone }] }
      else if (!isPrimitive(said)) copy = deserialize(serialize(said)) as typeof said
    } catch (cause) {
      return this.unsuccessful(check, CHECK_ERRORED, notCloneable(cause), durationMs, waitMs)
    }
    this.#given[check] = said
    this.#end(check, code, durationMs, { ...this.#charged(check, waitMs), check, ...copy })
  }

  /** No verdict. @param failed - when another attempt may end differently */
  unsuccessful(
    check: number,
    code: Code,
    error: unknown,
    durationMs: number,
    waitMs: number,
    failed?: Omit<FailedCheck, 'check'>,
  ): void {
    if (failed !== undefined) this.#failed.push({ check, ...failed })
    this.#end(check, code, durationMs, { ...this.#charged(check, waitMs), check, error: encodeError(error) })
  }

  /** None of those that have not begun can begin in this thread. */
  leaveRest(): void {
    for (let i = 0; i < this.#chain.length; i++) {
      if (this.#codes[i] !== UNSETTLED) continue
      this.#failed.push({ check: i, failure: undefined })
      this.#end(i, CHECK_ABORTED, 0, undefined)
    }
  }

  /** When all are settled. */
  outcome(): ChainOutcome {
    const codes = this.#codes
    const worst = worstCheck(codes, 0, codes.length)
    const details: CheckDetail[] = []
    for (let i = 0; i < this.#details.length; i++) {
      const detail = this.#details[i]
      if (detail !== undefined) details[details.length] = detail
    }
    const status = statusOfCheck(codes[worst]!)
    const verdict = verdictOfCheck(codes[worst]!)
    return { status, verdict, worst, codes, durations: this.#durations, details, failed: this.#failed }
  }

  /** As a later check sees it. */
  ended(place: number): EarlierCheck {
    const code = this.#codes[place]!
    const status = statusOfCheck(code)
    const { issues, value } = this.#given[place] ?? this.#details[place] ?? {}
    return {
      status: STATUSES[status]!,
      ...(status === COMPLETED ? { verdict: VERDICTS[verdictOfCheck(code)]! } : {}),
      ...(issues?.[0] === undefined ? {} : { reason: issues[0].reason, issues }),
      ...(value === undefined ? {} : { value }),
    }
  }

  #areSettled(after: readonly number[]): boolean {
    for (let i = 0; i < after.length; i++) if (this.#codes[after[i]!]! >= UNSETTLED) return false
    return true
  }

  #isStoppedBy(after: readonly number[]): boolean {
    for (let i = 0; i < after.length; i++) {
      const before = after[i]!
      if (!this.#chain[before]!.terms.goesOn[this.#codes[before]!]) return true
    }
    return false
  }

  #abort(check: number, error: unknown): void {
    this.#end(check, CHECK_ABORTED, 0, { check, attempts: this.attemptOf(check) - 1, error: encodeError(error) })
  }

  #end(check: number, code: Code, durationMs: number, detail: CheckDetail | undefined): void {
    if (this.#codes[check]! < UNSETTLED)
      throw new FanfoldError('FANFOLD_INTERNAL', `the check ${this.#chain[check]!.terms.name} has ended before`)
    this.#codes[check] = code
    this.#durations[check] = durationMs
    this.#unsettled--
    this.#details[check] = detail
  }

  /** Only what differs from one execution that has not waited. */
  #detail(check: number, waitMs: number): CheckDetail | undefined {
    return waitMs === 0 && this.attemptOf(check) === 1 ? undefined : { ...this.#charged(check, waitMs), check }
  }

  #charged(check: number, waitMs: number): Pick<CheckDetail, 'attempts' | 'waitMs'> {
    const attempts = this.attemptOf(check)
    return { ...(attempts === 1 ? {} : { attempts }), ...(waitMs === 0 ? {} : { waitMs }) }
  }
}

/** Nobody can change it. */
function isPrimitive({ issues, value }: Pick<CheckDetail, 'issues' | 'value'>): boolean {
  return (
    issues === undefined &&
    (typeof value !== 'object' || value === null) &&
    typeof value !== 'function' &&
    typeof value !== 'symbol'
  )
}
