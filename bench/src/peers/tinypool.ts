import { Tinypool } from 'tinypool'
import type { Peer } from './peer.ts'
import { warmPeer } from './peer.ts'

/** As Piscina, of which it is a fork: threads warm, and atomics, which are its default. */
export const tinypool: Peer = {
  name: 'tinypool',
  async start({ threads, taskModule }) {
    const pool = new Tinypool({
      filename: new URL('./threads/tinypool-thread.ts', import.meta.url).href,
      workerData: taskModule.href,
      minThreads: threads,
      maxThreads: threads,
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
