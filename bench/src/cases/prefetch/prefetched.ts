import { DatabaseSync } from 'node:sqlite'
import { defineVerifier, fail, pass } from '@fanfold/workers'

/** One query for up to 500 tasks. */
export default defineVerifier<number, { path: string }, DatabaseSync, never, object, ReadonlySet<number>>({
  setup: ({ config }) => new DatabaseSync(config.path, { readOnly: true }),
  prefetch(ids, { state }) {
    const places = ids.map(() => '?').join(',')
    const rows = state.prepare(`select id from customers where id in (${places})`).all(...ids)
    return new Set(rows.map(({ id }) => Number(id)))
  },
  verify: (id, { prefetched }) => (prefetched.has(id) ? pass() : fail('unknown-customer')),
})
