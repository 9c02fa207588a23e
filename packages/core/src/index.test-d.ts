import { defineVerifier, flag, pass } from '@fanfold/workers'
import type { SetupContext } from '@fanfold/workers'
import { expectTypeOf, test } from 'vitest'
import { Engine, files, ndjson, verifierAt, verify } from './index.ts'
import type { CompletedOutcome, Outcome, Run, UnsuccessfulOutcome, VerifierUrl } from './index.ts'

interface Customer {
  readonly id: string
}
const withState = defineVerifier<Customer, { crm: string }, { known: Set<string> }, { score: number }>({
  setup: ({ config }) => ({ known: new Set([config.crm]) }),
  verify: (customer, { state }) => (state.known.has(customer.id) ? pass({ score: 1 }) : flag('unknown')),
})
/** The first form that the documents teach: only parameters are annotated. */
const annotated = defineVerifier({
  setup: ({ config }: SetupContext<{ crm: string }>) => ({ known: new Set([config.crm]) }),
  verify: (customer: Customer, { state }) => (state.known.has(customer.id) ? pass({ score: 1 }) : flag('unknown')),
  teardown: ({ known }) => known.clear(),
})
const inferred = defineVerifier({ verify: (n: number) => pass(String(n)) })
const plain = (line: string) => (line === '' ? flag('empty') : pass(line.length))
const plainAsync = async (line: string) => line === ''

const url = new URL('file:///v.ts')

test('verifierAt carries item, config and value of every kind of verifier', () => {
  expectTypeOf(verifierAt<{ default: typeof withState }>(url)).toEqualTypeOf<
    VerifierUrl<Customer, { crm: string }, { score: number }>
  >()
  expectTypeOf(verifierAt<{ default: typeof annotated }>(url)).toEqualTypeOf<
    VerifierUrl<Customer, { crm: string }, { score: number }>
  >()
  expectTypeOf(verifierAt<{ default: typeof inferred }>(url)).toExtend<VerifierUrl<number, unknown, string>>()
  expectTypeOf(verifierAt<{ default: typeof plain }>(url)).toExtend<VerifierUrl<string, unknown, number>>()
  expectTypeOf(verifierAt<{ default: typeof plainAsync }>(url)).toExtend<VerifierUrl<string, unknown, unknown>>()
})

test('the value reaches the outcome, and items and config are checked', () => {
  const engine = new Engine()
  const customers = verifierAt<{ default: typeof withState }>(url)
  const run = engine.run(customers, [{ id: 'a' }], { config: { crm: 'x' } })
  expectTypeOf(run).toEqualTypeOf<Run<{ score: number }>>()
  // @ts-expect-error -- a number is no customer
  engine.run(customers, [1])
  // @ts-expect-error -- the config has no such field
  engine.run(customers, [{ id: 'a' }], { config: { erp: 'x' } })
  // A text source is whatever the verifier expects: nobody can know before it is parsed.
  engine.run(customers, ndjson('customers.ndjson'))
  engine.load(customers).run(ndjson('customers.ndjson'))
  // @ts-expect-error -- a file is no customer
  engine.run(customers, files('*.png'), { config: { crm: 'x' } })
})

test('a check takes an item of the verifier and resolves with an outcome of its value', () => {
  const loaded = new Engine().load(verifierAt<{ default: typeof withState }>(url), { check: { maxQueued: 10 } })
  const { signal } = new AbortController()
  expectTypeOf(loaded.check({ id: 'a' }, { signal })).toEqualTypeOf<
    Promise<CompletedOutcome<{ score: number }> | UnsuccessfulOutcome>
  >()
  // @ts-expect-error -- a number is no customer
  void loaded.check(1)
  // @ts-expect-error -- its timeout is the same for all, and given to load
  void loaded.check({ id: 'a' }, { timeoutMs: 1 })
  // @ts-expect-error -- a run has no single requests
  new Engine().run(url, [1], { check: {} })
})

test('an outcome is a union by status: a value exists only where there is a verdict', () => {
  const look = (outcome: Outcome<number>): void => {
    // @ts-expect-error -- not before the status is known
    void outcome.value
    switch (outcome.status) {
      case 'completed':
        return void expectTypeOf(outcome.value).toEqualTypeOf<number | undefined>()
      case 'aborted':
      case 'skipped':
        return void expectTypeOf(outcome.error).toEqualTypeOf<Error | undefined>()
      case 'errored':
      case 'timedOut':
      case 'crashed':
        return void expectTypeOf(outcome.error).toEqualTypeOf<Error>()
    }
  }
  void look
})

test('a plain URL takes any items', () => {
  expectTypeOf(verify(url, [1, 2])).resolves.toHaveProperty('report')
  expectTypeOf(verify('./v.ts', new Float64Array(2))).resolves.toHaveProperty('outcomes')
})
