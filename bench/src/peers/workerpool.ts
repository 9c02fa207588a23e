import { fileURLToPath } from 'node:url'
import { pool as startPool } from 'workerpool'
import type { Counts } from '../bench-case.ts'
import type { Peer } from './peer.ts'
import { warmPeer } from './peer.ts'

/** A dedicated worker script (faster than functions sent as text), in threads, all of them started before the first task. */
export const workerpool: Peer = {
  name: 'workerpool',
  async start({ threads, taskModule }) {
    const pool = startPool(fileURLToPath(new URL('./threads/workerpool-thread.ts', import.meta.url)), {
      workerType: 'thread',
      minWorkers: threads,
      maxWorkers: threads,
      workerThreadOpts: { workerData: taskModule.href },
    })
    return warmPeer(
      {
        // Its promises are its own class: awaiting them makes them common ones.
        one: async (item): Promise<boolean> => pool.exec('one', [item]),
        many: async (items): Promise<Counts> => pool.exec('many', [items]),
        close: async () => {
          await pool.terminate()
        },
      },
      threads,
    )
  },
}
