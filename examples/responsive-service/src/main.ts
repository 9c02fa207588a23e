/** An HTTP endpoint on the main thread, measured from another process, without and with a batch. See README.md. */
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Engine } from '@fanfold/core'
import { keysBatch, recordsBatch, writeRecords } from './batches.ts'
import type { EndlessBatch } from './batches.ts'
import { measure } from './measure.ts'
import type { Latencies } from './measure.ts'

const PER_SECOND = 200
const TARGET_MS = 10

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '5' },
    threads: { type: 'string', default: availableParallelism() > 1 ? `1,${availableParallelism()}` : '1' },
  },
})
const seconds = Number(values.seconds)
const folder = mkdtempSync(join(tmpdir(), 'fanfold-responsive-'))
const file = join(folder, 'records.ndjson')
const server = createServer((_request, response) => response.end('{"status":"ok"}'))
await once(server.listen(0, '127.0.0.1'), 'listening')
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
const order = { url, perSecond: PER_SECOND, seconds, warmUpSeconds: 1 }

try {
  await writeRecords(file)
  console.log(`${PER_SECOND} requests/s from another process, ${seconds} s each; ms (p50, p99, max)\n`)
  console.log(`${''.padEnd(22)} ${'endpoint'.padEnd(24)} ${'event loop late by'.padEnd(24)}`)
  const idle = await measure(order)
  print('no batch', idle.endpoint, idle.eventLoop, '')
  for (const threads of values.threads.split(',').map(Number)) {
    for (const batch of [recordsBatch(file), keysBatch]) await measureWith(batch, threads)
  }
} finally {
  server.close()
  server.closeAllConnections()
  rmSync(folder, { recursive: true })
}

async function measureWith(batch: EndlessBatch, threads: number): Promise<void> {
  const engine = new Engine({ threads })
  try {
    const run = batch.start(engine)
    const report = run.report() // nobody reads the outcomes: they are counted
    while (run.progress().statuses.completed === 0) await new Promise((resolve) => setTimeout(resolve, 10))
    const { endpoint, eventLoop } = await measure(order)
    run.cancel('enough was measured')
    const { statuses, elapsedMs } = await report
    const rate = `${Math.round((statuses.completed / elapsedMs) * 1000).toLocaleString('en')} tasks/s`
    print(`${batch.name}, ${threads} ${threads === 1 ? 'thread' : 'threads'}`, endpoint, eventLoop, rate)
  } finally {
    await engine.close()
  }
}

function print(name: string, endpoint: Latencies, eventLoop: Latencies, rate: string): void {
  const verdict = endpoint.p99 <= TARGET_MS ? 'met' : 'MISSED'
  console.log(`${name.padEnd(22)} ${triple(endpoint)} ${triple(eventLoop)} p99 ≤ ${TARGET_MS} ms ${verdict}  ${rate}`)
}

function triple({ p50, p99, max }: Latencies): string {
  return [p50, p99, max].map((ms) => ms.toFixed(1).padStart(7)).join('') + '   '
}
