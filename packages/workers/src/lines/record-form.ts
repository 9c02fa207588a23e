/**
 * What is known of a task's record. `parsed`: the verifier was given what is in it. `unreadable`: it could not be. Of a
 * task that the main thread has settled, neither is known.
 */
export type RecordForm = 'parsed' | 'unreadable' | 'unknown'

/** By the error of a task that a thread has settled. */
export function recordFormOf(error: object | undefined): 'parsed' | 'unreadable' {
  return error !== undefined && 'code' in error && error.code === 'FANFOLD_RECORD_UNPARSABLE' ? 'unreadable' : 'parsed'
}

/** Comes before a record in its line. */
export const RECORD_KEY = ',"record":'
