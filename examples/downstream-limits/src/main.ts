/**
 * 10,000 records are asked of a service that bears 50 requests at once, then 25, then 50 again, and rejects the rest:
 * `main.ts [--records 10000] [--out limit.svg]`.
 */
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { Engine } from '@fanfold/core'
import type { Report } from '@fanfold/core'
import { plot } from './plot.ts'
import { Service } from './service.ts'

const CAPACITY = 50
/** Of the records, when the capacity halves, and when it doubles. */
const HALVES_AT = 0.4
const DOUBLES_AT = 0.6

const { values } = parseArgs({
  options: { records: { type: 'string', default: '10000' }, out: { type: 'string', default: 'limit.svg' } },
})
const records = Array.from({ length: Number(values.records) }, (_, id) => ({ id }))

const service = await Service.start(CAPACITY)
const engine = new Engine({ threads: 2, limits: { service: { adaptive: true } } })
try {
  const begunAtMs = service.ageMs
  const run = engine.run(new URL('./verify-record.ts', import.meta.url), records, {
    config: { url: service.url },
    concurrency: 200,
    // What was rejected is asked again.
    retry: { retries: 100 },
  })
  const ended = run.report()
  for await (const { statuses } of run.watch({ everyMs: 20 })) {
    const share = statuses.completed / records.length
    if (share >= HALVES_AT && service.capacities.length === 1) service.resize(CAPACITY / 2)
    if (share >= DOUBLES_AT && service.capacities.length === 2) service.resize(CAPACITY)
  }
  const report = await ended
  tell(report)
  const capacity = service.capacities.map(({ atMs, requests }) => ({
    atMs: Math.max(0, atMs - begunAtMs),
    value: requests,
  }))
  const limit = (report.limits?.['service']?.path ?? []).map(({ atMs, permits }) => ({ atMs, value: permits }))
  writeFileSync(values.out, plot(capacity, limit, report.elapsedMs))
  console.log(`the limit's way beside the capacity: ${values.out}`)
} finally {
  await engine.close()
  await service.close()
}

function tell({ total, statuses, retries, elapsedMs, limits }: Report): void {
  const { rejected = 0, calls = 0 } = limits?.['service'] ?? {}
  console.log(`${statuses.completed} of ${total} records have an answer, after ${(elapsedMs / 1000).toFixed(1)} s`)
  console.log(`${rejected} of ${calls} requests were rejected, and asked again: ${retries} further attempts`)
}
