import { Piscina } from 'piscina'
import type { Peer } from './peer.ts'
import { warmPeer } from './peer.ts'

/**
 * Threads warm (`minThreads = maxThreads`), and `atomics: 'sync'`, its fastest way to hand tasks over, which is the
 * default. `concurrentTasksPerWorker` stays 1: its README advises more only for tasks that wait.
 */
export const piscina: Peer = {
  name: 'piscina',
  async start({ threads, taskModule }) {
    const pool = new Piscina({
      filename: new URL('./threads/piscina-thread.ts', import.meta.url).href,
      workerData: taskModule.href,
      minThreads: threads,
      maxThreads: threads,
      idleTimeout: Infinity,
      atomics: 'sync',
    })
    return warmPeer(
      {
        one: (item) => pool.run(item),
        many: (items) => pool.run(items, { name: 'many' }),
        close: () => pool.destroy(),
      },
      threads,
    )
  },
}
