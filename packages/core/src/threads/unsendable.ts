import { FanfoldError } from '@fanfold/workers/protocol'
import type { Work } from '../backend.ts'

/** Which items of a shard cannot be sent to a thread, found by trying each; the rest can be sent again without them. */
export function findUnsendable(work: Work): { readonly position: number; readonly error: FanfoldError }[] {
  const { payload, base, ranges } = work
  const failures: { position: number; error: FanfoldError }[] = []
  if (payload.kind !== 'items')
    throw new FanfoldError('FANFOLD_INTERNAL', `a payload of ${payload.kind} could not be sent`)
  for (let i = 0; i < ranges.length; i += 2) {
    for (let position = ranges[i]!; position < ranges[i + 1]!; position++) {
      try {
        structuredClone(payload.items[position - base])
      } catch (cause) {
        const why = cause instanceof Error ? cause.message : String(cause)
        const message = `the item cannot be sent to a thread: ${why}. Use plain data: no functions, symbols or class instances with methods.`
        failures.push({ position, error: new FanfoldError('FANFOLD_NOT_CLONEABLE', message, { cause }) })
      }
    }
  }
  return failures
}
