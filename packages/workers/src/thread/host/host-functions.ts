import { FanfoldError } from '../../fanfold-error.ts'
import type { HostCalls } from './host-calls.ts'

/** The host functions that one verifier was given. */
export interface VerifierHost {
  readonly calls: HostCalls
  readonly verifier: number
  readonly names: readonly string[]
}

type HostFunction = (...args: unknown[]) => Promise<unknown>

/** The functions as a verifier calls them; it may take them out of the object. */
export function hostFunctions(
  { calls, verifier, names }: VerifierHost,
  called: (call: Promise<unknown>) => Promise<unknown> = (call) => call,
): Record<string, HostFunction> {
  return new Proxy<Record<string, HostFunction>>(Object.create(null), {
    has: (_target, name) => typeof name === 'string' && names.includes(name),
    get: (_target, name): HostFunction | undefined => {
      if (typeof name !== 'string' || name === 'then') return undefined
      if (!names.includes(name)) throw unknownFunction(name, names)
      return (...args) => called(calls.call(verifier, name, args))
    },
  })
}

/** The calls of one task: nobody waits for them any more when it is told to end. */
export class TaskHost {
  readonly functions: Record<string, HostFunction>
  readonly #promises = new Set<Promise<unknown>>()
  readonly #aborted: PromiseWithResolvers<never> = Promise.withResolvers()

  constructor(host: VerifierHost) {
    this.#aborted.promise.catch(() => {}) // whoever waits is told
    this.functions = hostFunctions(host, (call) => this.#called(call))
  }

  abort(reason: unknown): void {
    // That nobody listens for them any more is not the verifier's fault, and must not end its thread.
    for (const promise of this.#promises) promise.catch(() => {})
    this.#aborted.reject(reason)
  }

  #called(call: Promise<unknown>): Promise<unknown> {
    const promise = Promise.race([call, this.#aborted.promise])
    this.#promises.add(promise)
    const forget = (): void => void this.#promises.delete(promise)
    promise.then(forget, forget)
    return promise
  }
}

function unknownFunction(name: string, known: readonly string[]): FanfoldError {
  const which = known.length === 0 ? 'any host function' : `a host function '${name}'`
  const those = known.length === 0 ? '' : ` It has ${known.map((each) => `'${each}'`).join(', ')}.`
  return new FanfoldError(
    'FANFOLD_HOST_FUNCTION_UNKNOWN',
    `the verifier was loaded without ${which}.${those} Give it with engine.load(url, { hostFunctions: { ${name} } }).`,
  )
}
