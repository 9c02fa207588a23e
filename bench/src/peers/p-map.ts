import pMapOf from 'p-map'
import type { Peer } from './peer.ts'
import { countItems, loadTask } from './loaded-task.ts'

/** No threads at all: p-map bounds how many promises are pending in the one thread there is. */
export const pMap: Peer = {
  name: 'p-map',
  async start({ taskModule }) {
    const task = await loadTask(taskModule.href)
    return {
      one: async (item) => task(item),
      each: async (items, inFlight) => {
        const answers = await pMapOf(items, (item) => task(item), { concurrency: inFlight })
        const pass = answers.filter(Boolean).length
        return { pass, fail: items.length - pass }
      },
      batches: async (items, batchSize, inFlight) => {
        const batches = Array.from({ length: Math.ceil(items.length / batchSize) }, (_, n) =>
          items.slice(n * batchSize, (n + 1) * batchSize),
        )
        const counts = await pMapOf(batches, (batch) => countItems(batch, task), { concurrency: inFlight })
        return counts.reduce((sum, { pass, fail }) => ({ pass: sum.pass + pass, fail: sum.fail + fail }))
      },
      close: async () => {},
    }
  },
}
