import type { Outcome } from './outcome.ts'

/** Of a record that cannot be read: no check was made of it. */
const UNREADABLE: readonly unknown[] = ['FANFOLD_RECORD_UNPARSABLE', 'FANFOLD_RECORD_TOO_LONG']

/** The check of a chain whose error is its task's: the first that ended so. */
export function failedCheckOf({ status, checks = {} }: Outcome): string | undefined {
  const [name, check] = Object.entries(checks).find(([, { status: its }]) => its === status) ?? []
  const error = check?.error
  return error !== undefined && 'code' in error && UNREADABLE.includes(error.code) ? undefined : name
}
