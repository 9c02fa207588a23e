import type { HostFunctions } from '@fanfold/workers'
import type { CheckTerms } from '@fanfold/workers/protocol'
import type { VerifierSpec } from '../backend.ts'
import { FanfoldError } from '../errors.ts'

/** What the main thread keeps of a loaded verifier that the coordinator must not know: who waits for it, and what went wrong. */
export class ActiveVerifier {
  readonly spec: VerifierSpec
  /** What it may call on the main thread. */
  readonly functions: HostFunctions
  /** When it is a chain; known when a thread has set it up. */
  checks: readonly CheckTerms[] | undefined
  #isKnown = false

  /** A thread has set it up. @returns whether it is what other threads have set up: a module may be changed meanwhile */
  loadedAs(checks: readonly CheckTerms[] | undefined): boolean {
    if (this.#isKnown) return JSON.stringify(checks) === JSON.stringify(this.checks)
    this.#isKnown = true
    this.checks = checks
    return true
  }

  /** Why it could not be set up on any thread. */
  unusable: Error | undefined
  /** Threads on which it could not be set up, although it was on others. */
  readonly failures: string[] = []
  readonly #ready: PromiseWithResolvers<void> = Promise.withResolvers()
  readonly #gone: PromiseWithResolvers<readonly string[]> = Promise.withResolvers()
  readonly #teardownWarnings: string[] = []

  constructor(spec: VerifierSpec, functions: HostFunctions) {
    this.spec = spec
    this.functions = functions
    this.#ready.promise.catch(() => {}) // a run that needs it tells
  }

  get ready(): Promise<void> {
    return this.#ready.promise
  }

  /** Resolves when every thread has torn it down, with what went wrong there. */
  get gone(): Promise<readonly string[]> {
    return this.#gone.promise
  }

  becomeReady(failures: readonly Error[]): void {
    this.failures.push(...new Set(failures.map(({ message }) => `a thread is not used: ${message}`)))
    this.#ready.resolve()
  }

  becomeUnusable(failures: readonly Error[]): Error {
    const error = failures[0] ?? new FanfoldError('FANFOLD_THREAD_DIED', 'no thread could be started')
    this.unusable = error
    this.#ready.reject(error)
    return error
  }

  teardownFailed(error: Error): void {
    this.#teardownWarnings.push(error.message)
  }

  becomeGone(): void {
    this.#gone.resolve(this.#teardownWarnings)
  }

  /** Nothing is heard of the threads any more: whoever waits is told. */
  letGo(error: Error): void {
    this.#ready.reject(error)
    this.becomeGone()
  }
}
