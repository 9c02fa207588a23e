import { DatabaseSync } from 'node:sqlite'
import type { StatementSync } from 'node:sqlite'
import { threadId } from 'node:worker_threads'
import { defineVerifier, fail, flag, pass } from '@fanfold/workers'

export interface Payment {
  readonly account: string
  readonly cents: number
}

interface Connection {
  readonly database: DatabaseSync
  readonly balanceOf: StatementSync
}

/** Each thread has a connection of its own: opened once, used by every task there, closed at the end. */
export default defineVerifier<Payment, { readonly accounts: string }, Connection>({
  setup({ config }) {
    const database = new DatabaseSync(config.accounts, { readOnly: true })
    // Standard output belongs to the outcomes: this goes to stderr, with the thread's number in front.
    console.log(`opened ${config.accounts} (worker ${threadId})`)
    return { database, balanceOf: database.prepare('SELECT cents FROM account WHERE id = ?') }
  },
  verify({ account, cents }, { state }) {
    const row = state.balanceOf.get(account)
    if (row === undefined) return fail('unknown-account')
    return Number(row['cents']) >= cents ? pass() : flag('overdrawn')
  },
  teardown({ database }) {
    database.close()
    console.log('closed')
  },
})
