import pg from 'pg'
import { toStoredCustomer, type Customer, type CustomerStore, type StoredCustomer } from './customer-store.ts'

const TABLE = 'fanfold_example_customers'
/** Any number nobody else uses: two builders on one server take turns. */
const BUILD_LOCK = 7_031_977

/** Creates and fills the table unless it carries this stamp already; says whether it did. Touches nothing else in the database. */
export async function buildPostgresCustomers(
  url: string,
  customers: readonly Customer[],
  stamp: string,
): Promise<boolean> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query('begin')
    await client.query('select pg_advisory_xact_lock($1)', [BUILD_LOCK])
    if ((await stampOf(client)) === stamp) return false
    await client.query(`drop table if exists ${TABLE}`)
    await client.query(`create table ${TABLE} (id text primary key, area text not null, stored jsonb not null)`)
    // One statement, whatever the number of customers: the server unpacks the array.
    await client.query(
      `insert into ${TABLE} select value ->> 'id', value ->> 'area', value from jsonb_array_elements($1::jsonb)`,
      [JSON.stringify(customers.map(toStoredCustomer))],
    )
    await client.query(`create index on ${TABLE} (area)`)
    // The stamp is ours (hexadecimal), and a comment takes no parameter.
    await client.query(`comment on table ${TABLE} is 'fanfold ${stamp}'`)
    await client.query('commit')
    return true
  } finally {
    // An open transaction ends with its connection, so a failed build leaves the former table as it was.
    await client.end()
  }
}

/** Connects one thread: by one connection, or by as many as it has queries under way, up to 10. */
export async function openPostgresCustomers(url: string): Promise<CustomerStore> {
  const pool = new pg.Pool({ connectionString: url })
  // A lost idle connection must not take the thread down: the next query reports it, for its own task.
  pool.on('error', () => {})
  const first = await pool.connect()
  first.release()
  return {
    async find(id, area) {
      const { rows } = await pool.query<{ stored: StoredCustomer }>({
        name: 'find-customers',
        text: `select stored from ${TABLE} where area = $2 or id = $1 order by id`,
        values: [id, area],
      })
      const found = rows.map((row) => row.stored)
      return {
        customer: found.find((customer) => customer.id === id),
        neighbours: found.filter((customer) => customer.area === area),
      }
    },
    close: () => pool.end(),
  }
}

async function stampOf(client: pg.Client): Promise<string | undefined> {
  const { rows } = await client.query<{ comment: string | null }>(
    `select obj_description(to_regclass($1), 'pg_class') as comment`,
    [TABLE],
  )
  return rows[0]?.comment?.replace('fanfold ', '')
}
