import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { listening } from '../../engine/listening.ts'

/** What a downstream of a test does with a request. */
export interface DownstreamOptions {
  /** How long it takes for an answer, ms. @defaultValue 5 */
  readonly ms?: number
  /** Above so many at once it rejects, with 503. @defaultValue none */
  readonly capacity?: () => number
  /** What a rejection says of when to come again. @defaultValue `0` */
  readonly retryAfter?: string
  /** The status of its answers; `undefined`: it never answers. @defaultValue 200 */
  readonly status?: (url: string) => number | undefined
}

/** A real HTTP service that notes what it is asked. */
export interface Downstream {
  readonly url: string
  /** When each request came, ms. */
  readonly arrivals: readonly number[]
  /** The most that were under way at once. */
  readonly mostAtOnce: number
  readonly atOnce: number
  readonly rejected: number
}

export async function startDownstream({
  ms = 5,
  capacity = () => Infinity,
  retryAfter = '0',
  status = () => 200,
}: DownstreamOptions = {}): Promise<Downstream> {
  const arrivals: number[] = []
  const state = { atOnce: 0, mostAtOnce: 0, rejected: 0 }
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    arrivals.push(performance.now())
    if (state.atOnce >= capacity()) {
      state.rejected++
      response.writeHead(503, { 'retry-after': retryAfter }).end()
      return
    }
    state.atOnce++
    state.mostAtOnce = Math.max(state.mostAtOnce, state.atOnce)
    response.once('close', () => state.atOnce--)
    await delay(ms)
    const code = status(request.url ?? '')
    if (code !== undefined) response.writeHead(code).end()
  }
  const server = createServer((request, response) => void answer(request, response))
  return {
    url: await listening(server),
    arrivals,
    get mostAtOnce() {
      return state.mostAtOnce
    },
    get atOnce() {
      return state.atOnce
    },
    get rejected() {
      return state.rejected
    },
  }
}
