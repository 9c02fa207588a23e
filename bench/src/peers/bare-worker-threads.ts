import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { Counts } from '../bench-case.ts'
import type { Peer } from './peer.ts'
import { warmPeer } from './peer.ts'

type Answer = boolean | Counts

/** What bare-thread.ts is sent, and what it sends back: answers of async tasks come in any order, so each has its number. */
export type Request = readonly [number: number, isBatch: boolean, payload: unknown]
export type Reply = readonly [number: number, answer: Answer]

/** `worker_threads` and nothing else: a message to the thread with the fewest waiting, a message back. */
export const bareWorkerThreads: Peer = {
  name: 'bare worker_threads',
  async start({ threads, taskModule }) {
    const started = await Promise.all(Array.from({ length: threads }, () => startThread(taskModule)))
    const ask = (isBatch: boolean, payload: unknown): Promise<Answer> => {
      let chosen = started[0]!
      for (const thread of started) if (thread.waiting.size < chosen.waiting.size) chosen = thread
      return chosen.ask(isBatch, payload)
    }
    return warmPeer(
      {
        // bare-thread.ts answers an item with its verdict, and an array of items with counts.
        one: (item) => ask(false, item) as Promise<boolean>,
        many: (items) => ask(true, items) as Promise<Counts>,
        close: async () => void (await Promise.all(started.map(({ worker }) => worker.terminate()))),
      },
      threads,
    )
  },
}

interface Thread {
  readonly worker: Worker
  /** Who waits, by the number of their request. */
  readonly waiting: ReadonlyMap<number, unknown>
  ask(isBatch: boolean, payload: unknown): Promise<Answer>
}

async function startThread(taskModule: URL): Promise<Thread> {
  const worker = new Worker(new URL('./threads/bare-thread.ts', import.meta.url), { workerData: taskModule.href })
  await once(worker, 'message')
  const waiting = new Map<number, (answer: Answer) => void>()
  worker.on('message', ([number, answer]: Reply) => {
    waiting.get(number)?.(answer)
    waiting.delete(number)
  })
  worker.on('error', (error) => {
    throw error
  })
  let next = 0
  const ask = (isBatch: boolean, payload: unknown): Promise<Answer> =>
    new Promise((resolve) => {
      const request: Request = [next++, isBatch, payload]
      waiting.set(request[0], resolve)
      worker.postMessage(request)
    })
  return { worker, waiting, ask }
}
