/** POST one order; the answer is its verdict. Requests that come while the threads are busy go to them together. */
import { createServer } from 'node:http'
import { json } from 'node:stream/consumers'
import type { AddressInfo } from 'node:net'
import { Engine, FanfoldError, verifierAt } from '@fanfold/core'
import type { Outcome } from '@fanfold/core'

const engine = new Engine()
const orders = engine.load(
  verifierAt<typeof import('../file-from-the-shell/verify-order.ts')>(
    new URL('../file-from-the-shell/verify-order.ts', import.meta.url),
  ),
  { check: { timeoutMs: 1_000, maxQueued: 5_000 } },
)
await orders.ready // a verifier that cannot be loaded stops the service here, not at its first request

/** What a client is told, and with which status. */
function answerTo(outcome: Outcome): [number, object] {
  if (outcome.status !== 'completed') return [422, { error: outcome.error?.message }]
  const { verdict, reason, issues } = outcome
  return [200, { verdict, reason, issues }]
}

function answerToFailure(error: unknown): [number, object] {
  const isOverloaded = error instanceof FanfoldError && error.code === 'FANFOLD_OVERLOADED'
  return isOverloaded ? [503, { error: 'busy, try again' }] : [400, { error: String(error) }]
}

const server = createServer(async (request, response) => {
  const gone = new AbortController()
  response.once('close', () => gone.abort()) // nothing, when it was answered
  const [status, answer] = await json(request)
    .then((order) => orders.check(order as Parameters<typeof orders.check>[0], { signal: gone.signal })) // checked there
    .then(answerTo, answerToFailure)
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(answer))
})

server.listen(Number(process.env['PORT'] ?? 3000), () => {
  console.log(`listening on http://localhost:${(server.address() as AddressInfo).port}`)
})
process.once('SIGTERM', () => {
  server.close()
  server.closeAllConnections()
  void engine.close()
})
