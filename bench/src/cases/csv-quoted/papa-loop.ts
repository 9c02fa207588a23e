import { createReadStream } from 'node:fs'
import Papa from 'papaparse'
import type { Counts, Side } from '../../bench-case.ts'
import type { Ticket } from './rows.ts'
import { isTicket, ticketsFile } from './rows.ts'

/** Papa Parse on a stream, chunk by chunk, in one thread: what its documents say for files. */
export const papaLoop: Side = {
  name: 'Papa Parse, one loop',
  async setup({ tasks }) {
    const path = await ticketsFile(tasks)
    return { tasks, run: () => countStream(path), close: async () => {} }
  },
}

function countStream(path: string): Promise<Counts> {
  return new Promise((resolve, reject) => {
    let pass = 0
    let fail = 0
    // By chunk: a call for each row (`step`) is slower.
    Papa.parse<Ticket>(createReadStream(path, { highWaterMark: 1 << 20 }), {
      header: true,
      delimiter: ',',
      skipEmptyLines: true,
      chunk: ({ data }) => {
        for (const ticket of data) {
          if (isTicket(ticket)) pass++
          else fail++
        }
      },
      complete: () => resolve({ pass, fail }),
      error: reject,
    })
  })
}
