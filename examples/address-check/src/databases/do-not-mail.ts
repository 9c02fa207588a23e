import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api'

/** One entry of the list's history. A customer may object, and take it back. */
export interface DoNotMailEntry {
  readonly customerId: string
  /** ISO date. */
  readonly on: string
  readonly wish: 'stop' | 'resume'
}

/** Writes the history as Parquet. */
export async function buildDoNotMailList(path: string, entries: readonly DoNotMailEntry[]): Promise<void> {
  await withDuckDb(async (connection) => {
    await connection.run('create table history (customer_id varchar, changed_on date, wish varchar)')
    const rows = entries.map(({ customerId, on, wish }) => `('${customerId}', '${on}', '${wish}')`)
    await connection.run(`insert into history values ${rows.join(',')}`)
    await connection.run(`copy (from history order by customer_id, changed_on) to '${quoted(path)}' (format parquet)`)
  })
}

/**
 * Everyone whose last word was `stop`.
 * Asked once a thread, at setup: an analytical database needs a millisecond or two an answer, a `Set` nothing.
 */
export async function readDoNotMailList(path: string): Promise<ReadonlySet<string>> {
  return withDuckDb(async (connection) => {
    const result = await connection.runAndReadAll(
      `select customer_id from read_parquet('${quoted(path)}') group by customer_id having arg_max(wish, changed_on) = 'stop'`,
    )
    return new Set(result.getRows().map(([id]) => String(id)))
  })
}

/** Closed before it returns: a thread that is terminated with a DuckDB query pending takes the process with it. */
async function withDuckDb<Result>(use: (connection: DuckDBConnection) => Promise<Result>): Promise<Result> {
  // Threads are Fanfold's business: without this each of them starts a DuckDB pool of its own.
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' })
  try {
    const connection = await instance.connect()
    try {
      return await use(connection)
    } finally {
      connection.closeSync()
    }
  } finally {
    instance.closeSync()
  }
}

function quoted(path: string): string {
  return path.replaceAll("'", "''")
}
