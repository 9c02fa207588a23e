import { DatabaseSync } from 'node:sqlite'
import type { StatementSync } from 'node:sqlite'
import { defineVerifier, fail, pass } from '@fanfold/workers'

/** A query for each task. */
export default defineVerifier<number, { path: string }, StatementSync>({
  setup: ({ config }) =>
    new DatabaseSync(config.path, { readOnly: true }).prepare('select 1 from customers where id = ?'),
  verify: (id, { state }) => (state.get(id) === undefined ? fail('unknown-customer') : pass()),
})
