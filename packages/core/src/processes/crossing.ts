import { deserialisePlain, serialisePlain, withoutStop } from '@fanfold/workers/protocol'
import { FanfoldError } from '../errors.ts'

/**
 * A value as bytes for another process.
 *
 * A thread may be given more: memory that is shared, keys, Node's own cloneable classes (`Blob`, `BlockList`). To a
 * process some of these would go as `{}`, without an error. So an instance of any class but the plain ones is sent both
 * ways for once, and has to arrive as the same.
 *
 * @throws {Error} when it cannot be sent, or would arrive as something else.
 */
export function serialiseForProcess(value: unknown): Uint8Array {
  const bytes = serialisePlain(value)
  checkClasses(value)
  return bytes
}

/** By their prototype: classes of which an instance has been seen to arrive as it should. */
const crossing = new WeakSet<object>([Object.prototype, Array.prototype, Map.prototype, Set.prototype])

function checkClasses(value: unknown): void {
  const seen = new Set<object>()
  const rest: unknown[] = [value] // a list of its own: values may be nested deeper than the stack is
  while (rest.length > 0) {
    const next = rest.pop()
    if (typeof next !== 'object' || next === null || seen.has(next)) continue
    seen.add(next)
    checkClass(next)
    if (Array.isArray(next)) for (const item of next) rest.push(item)
    else if (next instanceof Map) for (const entry of next) rest.push(...entry)
    else if (next instanceof Set) for (const item of next) rest.push(item)
    else if (next instanceof Error) rest.push(next.cause)
    else if (!ArrayBuffer.isView(next)) for (const item of Object.values(next)) rest.push(item)
  }
}

function checkClass(value: object): void {
  const prototype = Object.getPrototypeOf(value) as object | null
  if (prototype === null || crossing.has(prototype)) return
  if (
    Object.getPrototypeOf(structuredClone(value)) !== Object.getPrototypeOf(deserialisePlain(serialisePlain(value)))
  ) {
    throw new TypeError(`${nameOf(prototype)} is tied to its process`)
  }
  crossing.add(prototype)
}

function nameOf(prototype: object): string {
  const { constructor } = prototype
  return typeof constructor === 'function' && constructor.name !== '' ? `a ${constructor.name}` : 'an object'
}

/** @throws {FanfoldError} `FANFOLD_NOT_CLONEABLE` for a configuration that a child process cannot be given. */
export function checkConfigForProcess(config: unknown): void {
  try {
    serialiseForProcess(config)
  } catch (cause) {
    const why = withoutStop(cause instanceof Error ? cause.message : String(cause))
    throw new FanfoldError(
      'FANFOLD_NOT_CLONEABLE',
      `config cannot be sent to a process: ${why}. Use plain data; what cannot be cloned is made in the verifier's setup.`,
      { cause },
    )
  }
}
