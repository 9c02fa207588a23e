/** A verifier that is the user's own, but for one record, to which it does harm. It runs in the threads. */
import { defineVerifier } from '@fanfold/workers'
import type { HostFunctions, Verifier, VerifierDefinition, VerifyContext } from '@fanfold/workers'
import type { Fault } from './faults.ts'

/** What it is configured with. */
export interface FaultyConfig {
  /** Of the user's verifier. */
  readonly url: string
  readonly config: unknown
  /** None: a run to compare with. */
  readonly fault: Fault | undefined
  /** Of the record. */
  readonly index: number
}

type Definition = VerifierDefinition<unknown, unknown, unknown, unknown>

interface State {
  readonly inner: Definition
  readonly state: unknown
}

const faulty: Verifier<unknown, FaultyConfig, State> = defineVerifier<
  unknown,
  FaultyConfig,
  State,
  unknown,
  HostFunctions,
  unknown
>({
  async setup({ config: { url, config }, signal, host }) {
    const { default: exported } = (await import(url)) as { readonly default: unknown }
    // The run without a fault has shown that it is a verifier.
    const inner =
      typeof exported === 'function' ? { verify: exported as Definition['verify'] } : (exported as Definition)
    return { inner, state: await inner.setup?.({ config, signal, host }) }
  },
  async prefetch(items, { state: { inner, state }, config: { config }, signal, host }) {
    return inner.prefetch?.(items, { state, config, signal, host })
  },
  verify(item, context) {
    const { inner, state } = context.state
    const { fault, index, config } = context.config
    if (fault !== undefined && context.index === index) return suffer(fault)
    return inner.verify(item, own(context, state, config))
  },
  async teardown({ inner, state }, { config: { config } }) {
    await inner.teardown?.(state, { config })
  },
})
export default faulty

/** The context as the user's verifier has it: getters stay what they are, since the signal is made when it is read. */
function own(context: VerifyContext<FaultyConfig, State>, state: unknown, config: unknown): VerifyContext {
  return {
    state,
    config,
    attempt: context.attempt,
    checks: context.checks,
    index: context.index,
    line: context.line,
    file: context.file,
    prefetched: context.prefetched,
    get signal() {
      return context.signal
    },
    get limit() {
      return context.limit
    },
    get host() {
      return context.host
    },
  }
}

function suffer(fault: Fault): Promise<never> {
  switch (fault) {
    case 'throw':
      throw new Error('fanfold drill: the verifier throws here')
    case 'hang':
      return new Promise(() => {})
    case 'spin':
      for (;;);
    case 'exit':
      process.exit(1)
    case 'heap': {
      const kept: string[][] = []
      for (;;) kept.push(Array.from({ length: 10_000 }, (_, i) => `${kept.length} ${i}`))
    }
  }
}
