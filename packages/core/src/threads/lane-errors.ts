import { fileURLToPath } from 'node:url'
import { FanfoldError } from '@fanfold/workers/protocol'
import type { VerifierSpec } from '../backend.ts'
import { OPEN_MS } from './waiting.ts'
import type { Waiting } from './waiting.ts'

/** A thread that did not answer in time is blocked, and ended: why. */
export function blockedError(waiting: Waiting): FanfoldError {
  switch (waiting.for) {
    case 'load':
      return new FanfoldError(
        'FANFOLD_START_TIMED_OUT',
        `loading and setting up ${pathOf(waiting.verifier)} blocked its thread for longer than ${waiting.verifier.startTimeoutMs} ms; the thread was ended. Raise startTimeoutMs if it is slow, not stuck.`,
      )
    case 'unload':
      return new FanfoldError(
        'FANFOLD_TEARDOWN_TIMED_OUT',
        `the teardown of ${pathOf(waiting.verifier)} blocked its thread for longer than ${waiting.verifier.teardownTimeoutMs} ms; the thread was ended.`,
      )
    case 'end':
      return new FanfoldError('FANFOLD_TEARDOWN_TIMED_OUT', 'a teardown blocked its thread, which was ended.')
    case 'thread':
      return new FanfoldError('FANFOLD_THREAD_DIED', `a thread did not start within ${OPEN_MS} ms`)
    case 'nothing':
    case 'shard':
    case 'exit':
      return new FanfoldError('FANFOLD_THREAD_DIED', 'the thread was ended')
  }
}

export function startError(cause: unknown): FanfoldError {
  const why = cause instanceof Error ? cause.message : String(cause)
  return new FanfoldError('FANFOLD_THREAD_DIED', `a thread could not be started: ${why}`, { cause })
}

/** A thread died: when it was loading a verifier, the error names the module. */
export function deathError(waiting: Waiting, error: Error): Error {
  if (waiting.for !== 'load') return error
  const message = `${pathOf(waiting.verifier)} ended its thread while it was loaded and set up: ${error.message}`
  return new FanfoldError('FANFOLD_VERIFIER_LOAD_FAILED', message, { cause: error })
}

function pathOf({ url }: VerifierSpec): string {
  return url.startsWith('file:') ? fileURLToPath(url) : url.slice(0, 200)
}
