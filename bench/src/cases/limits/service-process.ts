/**
 * A service for the cases of limits, in a process of its own. It answers after a fixed time, and rejects what is above its
 * capacity, which changes when it has served so many: `node service-process.ts <terms as JSON>`; its first line is its port.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { ServiceAccount, ServiceTerms } from './service.ts'

// service.ts has written it.
const { ms, capacities } = JSON.parse(process.argv[2] ?? '') as ServiceTerms
let atOnce = 0
let served = 0
let account = newAccount()

const server = createServer((request, response) => {
  if (request.url === '/account') {
    response.end(JSON.stringify(account))
    served = 0
    account = newAccount()
    return
  }
  const now = monotonicMs()
  account.arrivals.push(now)
  if (atOnce >= account.capacities.at(-1)!.requests) {
    account.rejections.push(now)
    response.writeHead(503).end()
    return
  }
  atOnce++
  const next = capacities[account.capacities.length]
  if (++served === next?.afterServed) account.capacities.push({ atMs: now, requests: next.requests })
  setTimeout(() => {
    atOnce--
    response.end()
  }, ms)
})
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port))
process.on('disconnect', () => process.exit())

function newAccount(): ServiceAccount {
  return { arrivals: [], rejections: [], capacities: [{ atMs: monotonicMs(), requests: capacities[0]!.requests }] }
}

/** One clock for all processes of the machine. */
function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6
}
