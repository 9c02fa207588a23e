import { DuckDBInstance } from '@duckdb/node-api'
import type { DuckDBConnection } from '@duckdb/node-api'
import { defineVerifier, flag, pass } from '@fanfold/workers'
import type { AddressRecord } from 'fanfold-example-address-check/address'
import { databases } from '../databases.ts'

const LAST_WISH = 'select arg_max(wish, changed_on) from read_parquet($list) where customer_id = $id'

/** Has the customer objected to mail? DuckDB over Parquet. It throws while the list is out of reach. */
export const consent = defineVerifier<AddressRecord, unknown, { instance: DuckDBInstance; list: DuckDBConnection }>({
  async setup() {
    const instance = await DuckDBInstance.create(':memory:', { threads: '1' })
    return { instance, list: await instance.connect() }
  },

  async verify({ customerId }, { state: { list } }) {
    const query = list.runAndReadAll(LAST_WISH, { list: databases.doNotMail, id: customerId })
    const answer = await query.catch((cause: unknown) => {
      throw new Error('the consent list is out of reach', { cause })
    })
    const [wish] = answer.getRows()[0] ?? []
    return wish === 'stop' ? flag('do-not-mail') : pass()
  },

  teardown({ instance, list }) {
    list.closeSync()
    instance.closeSync()
  },
})
