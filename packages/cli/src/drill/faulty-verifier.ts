/**
 * A verifier that is the user's own, but for one record, to which it does harm. It runs in the threads. Which, is in its
 * URL, and not in its configuration: that is the user's, and whether theirs is a chain has to be known when it is loaded.
 */
import { chain, check } from '@fanfold/workers'
import type { Chain, VerifierDefinition } from '@fanfold/workers'
import { FAULTY_CHECK } from './faults.ts'
import type { Fault } from './faults.ts'

/** What is done, to which record, and by whose verifier the others are verified. */
export interface Harm {
  /** Of the user's module; or of several, by name. */
  readonly urls: string | Readonly<Record<string, string>>
  readonly fault: Fault
  /** Of the record. */
  readonly index: number
}

type Definition = VerifierDefinition<unknown, unknown, unknown, unknown>

const { urls, fault, index } = JSON.parse(new URL(import.meta.url).searchParams.get('harm') ?? '{}') as Harm // see harmful

// The run without a fault has shown that these are verifiers, or a chain.
const exported: unknown = typeof urls === 'string' ? await defaultOf(urls) : chain(await checksOf(urls))
const faulty: unknown = isDefinition(exported) ? faultyVerifier(exported) : faultyChain(exported as Chain)
export default faulty

async function defaultOf(url: string): Promise<unknown> {
  const { default: verifier } = (await import(url)) as { readonly default: unknown }
  return typeof verifier === 'function' ? { verify: verifier } : verifier
}

async function checksOf(given: Readonly<Record<string, string>>): Promise<Record<string, Definition>> {
  const checks: [name: string, check: Definition][] = []
  for (const [name, url] of Object.entries(given)) checks.push([name, (await defaultOf(url)) as Definition])
  return Object.fromEntries(checks)
}

function isDefinition(given: unknown): given is Definition {
  return typeof given === 'object' && given !== null && 'verify' in given
}

function faultyVerifier(own: Definition): Definition {
  return {
    ...own,
    verify: (item, context) => (context.index === index ? suffer() : own.verify(item, context)),
  }
}

/** One check more, for which none of the others waits: so what it costs these, too, is seen. */
function faultyChain(own: Chain): Chain {
  const harm = check((_item, context) => (context.index === index ? suffer() : true), { after: [] })
  return chain([...own.stages, { [FAULTY_CHECK]: harm }])
}

function suffer(): Promise<never> {
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
