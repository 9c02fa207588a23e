/** POST an NDJSON file; the answer is its account. The body is verified while it comes in, and is never held whole. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Engine, ndjson } from '@fanfold/core'

const engine = new Engine()
const orders = engine.load(new URL('../file-from-the-shell/verify-order.ts', import.meta.url))
await orders.ready // a verifier that cannot be loaded stops the service here, not at its first request

const server = createServer(async (request, response) => {
  const run = orders.run(ndjson(request), { timeoutMs: 1_000 })
  response.once('close', () => run.cancel('the client went away')) // nothing, when the run has ended
  const { result, total, statuses, verdicts, reasons } = await run.report()
  response.writeHead(result === 'succeeded' || result === 'partial' ? 200 : 400, { 'content-type': 'application/json' })
  response.end(JSON.stringify({ result, total, statuses, verdicts, reasons }))
  console.log(`${result}: ${total} orders`)
})

server.listen(Number(process.env['PORT'] ?? 3000), () => {
  console.log(`listening on http://localhost:${(server.address() as AddressInfo).port}`)
})
process.once('SIGTERM', () => {
  server.close()
  server.closeAllConnections()
  void engine.close()
})
