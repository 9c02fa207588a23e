import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { FixedThreadPool } from 'poolifier'
import type { Counts } from '../bench-case.ts'
import type { Peer } from './peer.ts'
import { warmPeer } from './peer.ts'

const CLOSE_MS = 1000

/**
 * A pool of fixed size, which it recommends where load is steady. Without its tasks queue, which is off by default: it
 * holds tasks back until a thread is free, and made cheap ones twice as dear (25 µs instead of 12, 256 in flight).
 */
export const poolifier: Peer = {
  name: 'poolifier',
  async start({ threads, taskModule }) {
    const path = fileURLToPath(new URL('./threads/poolifier-thread.ts', import.meta.url))
    const pool = new FixedThreadPool<unknown, boolean | Counts>(threads, path, {
      workerOptions: { workerData: taskModule.href },
    })
    return warmPeer(
      {
        // The functions of these names in poolifier-thread.ts answer so.
        one: (item) => pool.execute(item, 'one') as Promise<boolean>,
        many: (items) => pool.execute(items, 'many') as Promise<Counts>,
        // Once in a few times 5.3.2 never says that it is destroyed, with its threads gone.
        close: () => Promise.race([pool.destroy(), sleep(CLOSE_MS)]),
      },
      threads,
    )
  },
}
