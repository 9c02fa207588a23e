/** `service-process.ts <capacity>`: takes 40 ms for a request, and rejects those above its capacity with 503. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

const SERVICE_MS = 40
let capacity = Number(process.argv[2])
let atOnce = 0

const server = createServer((_request, response) => {
  if (atOnce >= capacity) {
    response.writeHead(503).end()
    return
  }
  atOnce++
  setTimeout(() => {
    atOnce--
    response.end('known')
  }, SERVICE_MS)
})
process.on('message', (requests: number) => (capacity = requests))
process.on('disconnect', () => process.exit())
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port))
