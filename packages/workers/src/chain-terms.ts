import { badChain } from './chain-errors.ts'
import { isBarrier, isChainCheck } from './chain.ts'
import type { Chain, CheckVerifier } from './chain.ts'
import { CHECK_SKIPPED, checkCode } from './check-ends.ts'
import type { ChainCheckOptions, CheckEnd, RetryCounts } from './check-options.ts'
import { COMPLETED, STATUSES } from './outcome-columns.ts'
import { VERDICTS } from './verdict.ts'
import { toDefinition } from './verifier.ts'
import type { VerifierDefinition } from './verifier.ts'

/** What both sides know of a check; checks go by their places in the chain, from 0. */
export interface CheckTerms {
  readonly name: string
  /** Places of the checks that it waits for. */
  readonly after: readonly number[]
  /** By code of `check-ends.ts`: whether the checks behind it go on. */
  readonly goesOn: readonly boolean[]
  /** ms; `undefined`: the run's */
  readonly timeoutMs: number | undefined
  readonly retry: RetryCounts
  /** Tasks of a shard wait for each other in front of it: so many barriers are before it. */
  readonly barriers: number
}

/** A check with what it calls. */
export interface DeclaredCheck {
  readonly terms: CheckTerms
  /** Places of all that come before it, ascending. */
  readonly before: readonly number[]
  readonly definition: VerifierDefinition<unknown, unknown, unknown, unknown>
}

interface NamedCheck {
  readonly name: string
  readonly definition: VerifierDefinition<unknown, unknown, unknown, unknown>
  readonly options: ChainCheckOptions
  readonly stageBefore: readonly string[]
  readonly barriers: number
}

const DEFAULT_GO_ON: readonly CheckEnd[] = ['pass', 'flag']
const ENDS: readonly CheckEnd[] = [...VERDICTS, 'errored', 'timedOut', 'crashed']
/** Beyond this nobody reads an outcome any more. */
const MOST_CHECKS = 64

/**
 * The checks of a chain, each behind those that it waits for.
 *
 * @throws {FanfoldError} `FANFOLD_BAD_CHAIN`
 */
export function declaredChecks(chain: Chain): readonly DeclaredCheck[] {
  const named = namedChecks(chain)
  const names = named.map(({ name }) => name)
  if (names.length === 0) throw badChain('the chain has no checks. Give it a stage: chain([verify]).')
  if (names.length > MOST_CHECKS) throw badChain(`the chain has ${names.length} checks; ${MOST_CHECKS} are the most.`)
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined) throw badChain(`two checks of the chain are called ${twice}. Name them: { ${twice}2: … }.`)
  for (const { name, options } of named) checkOptionTypes(name, options)
  const waitsFor = named.map((check) => check.options.after ?? check.stageBefore)
  named.forEach(({ name }, place) => checkNames(name, waitsFor[place]!, names))
  const order = sorted(names, waitsFor)
  const declared: DeclaredCheck[] = []
  for (const from of order) {
    const { name, definition, options, barriers } = named[from]!
    const after = waitsFor[from]!.map((other) => order.indexOf(names.indexOf(other)))
    const before = [...new Set(after.flatMap((place) => [...declared[place]!.before, place]))].sort((a, b) => a - b)
    const { timeoutMs, retry = {} } = options
    const own = { goesOn: goesOn(name, options), timeoutMs: timeout(name, timeoutMs), retry: counts(name, retry) }
    declared.push({ terms: { name, after, ...own, barriers }, before, definition })
  }
  return declared
}

const OPTIONS: readonly string[] = ['after', 'goOnAfter', 'timeoutMs', 'retry'] satisfies (keyof ChainCheckOptions)[]

function checkOptionTypes(name: string, options: ChainCheckOptions): void {
  if (typeof options !== 'object' || options === null)
    throw badChain(`${name} has options that are none. Use check(verifier, { timeoutMs: 500 }).`)
  const unknown = Object.keys(options).find((option) => !OPTIONS.includes(option))
  if (unknown !== undefined)
    throw badChain(`${name} has an option ${unknown}, which there is not. There are: ${OPTIONS.join(', ')}.`)
  for (const list of ['after', 'goOnAfter'] as const)
    if (options[list] !== undefined && !Array.isArray(options[list]))
      throw badChain(`${name} has ${list}: ${JSON.stringify(options[list])}. Give a list: ['…'].`)
  if (options.retry !== undefined && (typeof options.retry !== 'object' || options.retry === null))
    throw badChain(`${name} has retry: ${JSON.stringify(options.retry)}. Give { retries: 2 }.`)
}

function namedChecks(chain: Chain): NamedCheck[] {
  const named: NamedCheck[] = []
  let stageBefore: string[] = []
  let barriers = 0
  for (const stage of chain.stages) {
    if (isBarrier(stage)) {
      barriers++
      continue
    }
    const checks = checksOf(stage)
    for (const [name, { verifier, options }] of checks) {
      // Outcomes have them as keys, in their order.
      if (/^\d+$/.test(name) || name === '__proto__')
        throw badChain(`a check of the chain is called ${name}. Give it another name, which is no number.`)
      const definition = toDefinition(verifier)
      if (definition === undefined)
        throw badChain(`${name} is no verifier: give a function, what defineVerifier() returns, or check() of one.`)
      named.push({ name, definition, options, stageBefore, barriers })
    }
    stageBefore = checks.map(([name]) => name)
  }
  return named
}

type Checks = readonly (readonly [
  string,
  { readonly verifier: CheckVerifier<unknown, unknown>; readonly options: ChainCheckOptions },
])[]

function checksOf(stage: unknown): Checks {
  if (isChainCheck(stage) && typeof stage.verifier === 'function') return [[nameOf(stage.verifier), stage]]
  if (typeof stage === 'function') return [[nameOf(stage), { verifier: stage as never, options: {} }]]
  if (typeof stage !== 'object' || stage === null || isDefinition(stage) || isChainCheck(stage)) {
    throw badChain(
      'a stage is a named function, check() of one, or an object of checks by name: chain([parse, { crm }]).',
    )
  }
  return Object.entries(stage).map(([name, given]: [string, unknown]) => {
    if (isChainCheck(given)) return [name, given]
    return [name, { verifier: given as CheckVerifier<unknown, unknown>, options: {} }]
  })
}

const OF_DEFINITIONS: readonly string[] = [
  'setup',
  'prefetch',
  'prefetchSize',
  'prefetchTimeoutMs',
  'verify',
  'retryable',
  'teardown',
]

/** A verifier in place of a stage; a check may be called `verify`, beside others. */
function isDefinition(stage: object): boolean {
  return 'verify' in stage && Object.keys(stage).every((key) => OF_DEFINITIONS.includes(key))
}

function nameOf(verifier: { readonly name: string }): string {
  const { name } = verifier
  if (name === '' || name === 'default')
    throw badChain('a function without a name is a stage of the chain. Name it: chain([{ schema: (item) => … }]).')
  return name
}

function checkNames(name: string, after: readonly string[], known: readonly string[]): void {
  for (const other of after) {
    if (other === name) throw badChain(`${name} waits for itself. Take it out of its \`after\`.`)
    if (!known.includes(other))
      throw badChain(`${name} is to run after ${other}, and the chain has no such check. It has: ${known.join(', ')}.`)
  }
}

/** Places in an order in which each is behind those that it waits for; as declared, otherwise. */
function sorted(names: readonly string[], waitsFor: readonly (readonly string[])[]): readonly number[] {
  const order: number[] = []
  const path: number[] = []
  const visit = (place: number): void => {
    if (order.includes(place)) return
    const at = path.indexOf(place)
    if (at >= 0) {
      const circle = [...path.slice(at), place].map((each) => names[each])
      throw badChain(`checks of the chain wait for each other: ${circle.join(' → ')} (→: runs after).`)
    }
    path.push(place)
    for (const other of waitsFor[place]!) visit(names.indexOf(other))
    path.pop()
    order.push(place)
  }
  names.forEach((_, place) => visit(place))
  return order
}

function goesOn(name: string, { goOnAfter = DEFAULT_GO_ON }: ChainCheckOptions): readonly boolean[] {
  const unknown = goOnAfter.find((end) => !ENDS.includes(end))
  if (unknown !== undefined)
    throw badChain(`${name} has goOnAfter: '${unknown}'. Each is one of ${ENDS.map((end) => `'${end}'`).join(', ')}.`)
  const codes = Array.from({ length: CHECK_SKIPPED + 1 }, () => false)
  for (const end of goOnAfter) codes[codeOf(end)] = true
  return codes
}

function codeOf(end: CheckEnd): number {
  const verdict = VERDICTS.findIndex((each) => each === end)
  return verdict >= 0
    ? checkCode(COMPLETED, verdict)
    : checkCode(
        STATUSES.findIndex((each) => each === end),
        0,
      )
}

function timeout(name: string, timeoutMs: number | undefined): number | undefined {
  if (timeoutMs === undefined || timeoutMs === Infinity || (timeoutMs >= 1 && timeoutMs < 2 ** 31)) return timeoutMs
  throw badChain(`${name} has timeoutMs: ${timeoutMs}. Give 1 to 2,147,483,647, or Infinity.`)
}

function counts(name: string, retry: RetryCounts): RetryCounts {
  for (const [option, count] of Object.entries(retry)) {
    const isKnown = option === 'retries' || option === 'timeouts' || option === 'crashes'
    if (!isKnown || !Number.isInteger(count) || count < 0)
      throw badChain(`${name} has retry: { ${option}: ${count} }. Give whole numbers of retries, timeouts or crashes.`)
  }
  return retry
}
