/** A downstream has too much to do, and has turned a call away. Any error with `overloaded: true` says the same. */
export class OverloadedError extends Error {
  override readonly name: string = 'OverloadedError'
  readonly overloaded = true
  /** After how many ms it may be tried again, where the downstream has said so. */
  readonly retryAfterMs: number | undefined

  constructor(retryAfterMs?: number, options?: ErrorOptions) {
    const when = retryAfterMs === undefined ? '' : `, and asks for a wait of ${retryAfterMs} ms`
    super(`the downstream has turned the call away, because it has too much to do${when}`, options)
    this.retryAfterMs = retryAfterMs
  }
}

/**
 * What a call throws when its downstream has too much to do: an adaptive limit then allows fewer calls at once, and the
 * task may be tried again.
 *
 * @param retryAfterMs - when the downstream says so: a further attempt waits at least so long
 * @example
 * ```ts
 * import { defineVerifier, overloaded, pass } from '@fanfold/workers'
 *
 * export default defineVerifier<{ id: string }, object, { lookUp(id: string): Promise<'busy' | 'there'> }>({
 *   async verify(customer, { limit, state }) {
 *     await limit('crm', async () => {
 *       if ((await state.lookUp(customer.id)) === 'busy') throw overloaded(500)
 *     })
 *     return pass()
 *   },
 * })
 * ```
 */
export function overloaded(retryAfterMs?: number): OverloadedError {
  return new OverloadedError(retryAfterMs)
}

/** The part of a `Response` that is looked at. */
interface ResponseHead {
  readonly status: number
  readonly headers: { get(name: string): string | null }
}

const TOO_MANY_REQUESTS = 429
const SERVICE_UNAVAILABLE = 503

/**
 * Returns the response as it is, unless it is a 429 or a 503.
 *
 * @throws {OverloadedError} with the time of its `Retry-After`, which may be seconds or a date (RFC 9110, 10.2.3).
 */
export function throwIfOverloaded<Head extends ResponseHead>(response: Head): Head {
  if (response.status !== TOO_MANY_REQUESTS && response.status !== SERVICE_UNAVAILABLE) return response
  throw overloaded(retryAfterMs(response.headers.get('retry-after')))
}

function retryAfterMs(header: string | null): number | undefined {
  if (header === null || header.trim() === '') return undefined
  const ms = /^\s*\d+\s*$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now()
  return Number.isNaN(ms) ? undefined : Math.max(0, ms)
}

export function isOverload(thrown: unknown): boolean {
  try {
    return typeof thrown === 'object' && thrown !== null && 'overloaded' in thrown && thrown.overloaded === true
  } catch {
    return false // it does not want to be looked at
  }
}

/** How long the next attempt has to wait at least, ms, where what was thrown says so. */
export function retryAfterOf(thrown: unknown): number | undefined {
  try {
    if (typeof thrown !== 'object' || thrown === null || !('retryAfterMs' in thrown)) return undefined
    const { retryAfterMs } = thrown
    return typeof retryAfterMs === 'number' && retryAfterMs > 0 ? retryAfterMs : undefined
  } catch {
    return undefined // it does not want to be looked at
  }
}
