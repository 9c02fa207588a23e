import { FanfoldError, withoutStop } from '@fanfold/workers/protocol'
import type { ShardPayload } from '@fanfold/workers/protocol'
import type { Work } from '../backend.ts'

/**
 * Which items of a shard cannot be sent to a thread, found by trying each; the rest can be sent again without them.
 *
 * @param send throws for an item that cannot be sent.
 */
export function findUnsendable(
  work: Work,
  error: unknown,
  send: (item: unknown) => void = (item) => void structuredClone(item),
): { readonly position: number; readonly error: FanfoldError }[] {
  const { payload, base } = work
  if (payload.kind !== 'items')
    throw new FanfoldError('FANFOLD_INTERNAL', `a payload of ${payload.kind} could not be sent`, { cause: error })
  const positions = [...positionsOf(work)]
  const failures = positions.flatMap((position) => {
    const cause = failureOf(payload.items[position - base], send)
    return cause === undefined ? [] : [{ position, error: notCloneable(cause.thrown) }]
  })
  // Each can be sent, but not all together (they are too large): they will not become smaller by another attempt.
  return failures.length > 0 ? failures : positions.map((position) => ({ position, error: notCloneable(error) }))
}

/** Items between the ranges are not to be run: they may be the very ones that cannot be sent. */
export function withoutGaps(work: Work): ShardPayload {
  const { payload, ranges, base } = work
  if (payload.kind !== 'items' || ranges.length === 2) return payload
  const items: unknown[] = Array.from({ length: payload.items.length })
  for (const position of positionsOf(work)) items[position - base] = payload.items[position - base]
  return { ...payload, items }
}

function* positionsOf({ ranges }: Work): Generator<number> {
  for (let i = 0; i < ranges.length; i += 2)
    for (let position = ranges[i]!; position < ranges[i + 1]!; position++) yield position
}

function failureOf(item: unknown, send: (item: unknown) => void): { readonly thrown: unknown } | undefined {
  try {
    send(item)
    return undefined
  } catch (thrown) {
    return { thrown }
  }
}

function notCloneable(cause: unknown): FanfoldError {
  const why = withoutStop(cause instanceof Error ? cause.message : String(cause))
  const message = `the item cannot be sent to a thread: ${why}. Use plain data: no functions, symbols or class instances with methods.`
  return new FanfoldError('FANFOLD_NOT_CLONEABLE', message, { cause })
}
