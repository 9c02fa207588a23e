/**
 * A service for the cases of limits, in a process of its own. It answers after a fixed time, and rejects what is above its
 * capacity: `node service-process.ts <capacity> <ms>`; its first line is its port.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { densestWindow } from './densest-window.ts'

const [capacity = Infinity, ms = 1] = process.argv.slice(2).map(Number)
const WINDOW_MS = 1_000
let atOnce = 0
let rejected = 0
let mostAtOnce = 0
let arrivals: number[] = []

const server = createServer((request, response) => {
  if (request.url === '/account') {
    response.end(JSON.stringify({ rejected, mostAtOnce, ...densestWindow(arrivals, WINDOW_MS) }))
    rejected = mostAtOnce = 0
    arrivals = []
    return
  }
  arrivals.push(performance.now())
  if (atOnce >= capacity) {
    rejected++
    response.writeHead(503).end()
    return
  }
  mostAtOnce = Math.max(mostAtOnce, ++atOnce)
  setTimeout(() => {
    atOnce--
    response.end()
  }, ms)
})
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port))
process.on('disconnect', () => process.exit())
