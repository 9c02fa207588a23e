/** One finding behind a verdict. */
export interface Issue {
  /** A short kebab-case code, counted in the report's `reasons`. */
  readonly reason: string
  /** A sentence for a person. */
  readonly message?: string
  /** Where in the item: a JSON pointer or a field name. */
  readonly path?: string
}

/** The names of the three verdicts, in the order of their codes in a batch's `verdicts` column. */
export const VERDICTS = ['pass', 'flag', 'fail'] as const
export type VerdictName = (typeof VERDICTS)[number]

/** Known to every copy of this package, so that a verdict made by another copy is still a verdict. */
const BRAND: unique symbol = Symbol.for('fanfold.verdict.1') as never

/** A verifier's answer to one item. Made by {@link pass}, {@link flag} and {@link fail} only. */
export interface Verdict<Value = unknown> {
  readonly verdict: VerdictName
  readonly issues: readonly Issue[]
  readonly value: Value | undefined
}

class BrandedVerdict<Value> implements Verdict<Value> {
  readonly verdict: VerdictName
  readonly issues: readonly Issue[]
  readonly value: Value | undefined
  constructor(verdict: VerdictName, issues: readonly Issue[], value: Value | undefined) {
    this.verdict = verdict
    this.issues = issues
    this.value = value
  }
  get [BRAND](): true {
    return true
  }
}

const NO_ISSUES: readonly Issue[] = Object.freeze([])

/** The verdict of nearly every task; shared, so that a plain pass allocates nothing. */
export const PLAIN_PASS: Verdict<never> = Object.freeze(new BrandedVerdict<never>('pass', NO_ISSUES, undefined))
/** What `false` means. */
const REJECTED: Verdict<never> = Object.freeze(
  new BrandedVerdict<never>('fail', Object.freeze([Object.freeze({ reason: 'rejected' })]), undefined),
)

/**
 * The item is valid.
 *
 * @param value - anything that can be sent between threads; it becomes `outcome.value`.
 * @example
 * ```ts
 * import { pass } from '@fanfold/workers'
 * export default (line: string) => pass(line.length)
 * ```
 */
export function pass(): Verdict<never>
export function pass<Value>(value: Value): Verdict<Value>
export function pass<Value>(value?: Value): Verdict<Value> {
  return value === undefined ? PLAIN_PASS : new BrandedVerdict('pass', NO_ISSUES, value)
}

/**
 * The item needs a person's attention.
 *
 * @param reason - a kebab-case code, or the list of issues; `outcome.reason` is the first issue's.
 * @param value - anything that can be sent between threads; it becomes `outcome.value`.
 * @example
 * ```ts
 * import { flag, pass } from '@fanfold/workers'
 * export default (line: string) => (line === '' ? flag('empty-line') : pass())
 * ```
 */
export function flag<Value = never>(reason: string | readonly Issue[], value?: Value): Verdict<Value> {
  return new BrandedVerdict('flag', toIssues(reason, 'flag'), value)
}

/**
 * The item is invalid. An invalid item is a completed verification, not an error.
 *
 * @param reason - a kebab-case code, or the list of issues; `outcome.reason` is the first issue's.
 * @param value - anything that can be sent between threads; it becomes `outcome.value`.
 * @example
 * ```ts
 * import { fail, pass } from '@fanfold/workers'
 * export default (n: number) => (n < 0 ? fail([{ reason: 'negative', message: `${n} is below 0` }]) : pass())
 * ```
 */
export function fail<Value = never>(reason: string | readonly Issue[], value?: Value): Verdict<Value> {
  return new BrandedVerdict('fail', toIssues(reason, 'fail'), value)
}

/** The verdict behind what a verifier returned, or `undefined` if it is none. Never throws, even for a hostile proxy. */
export function toVerdict(answer: unknown): Verdict | undefined {
  if (answer === PLAIN_PASS || answer === true) return PLAIN_PASS
  if (answer === false) return REJECTED
  try {
    return isBranded(answer) ? answer : undefined
  } catch {
    return undefined
  }
}

function isBranded(answer: unknown): answer is Verdict {
  if (typeof answer !== 'object' || answer === null || !(BRAND in answer)) return false
  if (answer instanceof BrandedVerdict) return true
  // Made by another copy of this package, or by hand.
  const { verdict, issues } = answer as Partial<Verdict>
  if (!VERDICTS.includes(verdict as VerdictName) || !Array.isArray(issues) || !issues.every(isIssue)) return false
  return (verdict === 'pass') === (issues.length === 0)
}

function toIssues(reason: string | readonly Issue[], verdict: string): readonly Issue[] {
  if (typeof reason === 'string' && reason !== '') return [{ reason }]
  // A copy: a verifier may go on to use its list.
  if (Array.isArray(reason) && reason.length > 0 && reason.every(isIssue)) return [...reason]
  throw new TypeError(
    `${verdict}() needs a reason: a short code such as 'unknown-customer', or a list of issues that has one or more { reason }.`,
  )
}

function isIssue(issue: unknown): issue is Issue {
  return typeof issue === 'object' && issue !== null && typeof (issue as Issue).reason === 'string'
}
