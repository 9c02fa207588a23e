import { once } from 'node:events'
import { Worker } from 'node:worker_threads'

/** A worker thread without any library: it answers messages in their order. */
export interface BareThread<Answer> {
  ask(message: unknown, transfer?: readonly ArrayBuffer[]): Promise<Answer>
  end(): Promise<number>
}

/** Starts threads whose module posts one message when it is loaded, and then one for each that it gets. */
export async function startThreads<Answer>(module: URL, count: number): Promise<BareThread<Answer>[]> {
  return Promise.all(
    Array.from({ length: count }, async () => {
      const worker = new Worker(module)
      await once(worker, 'message')
      const waiting: ((answer: Answer) => void)[] = []
      worker.on('message', (answer: Answer) => waiting.shift()?.(answer))
      worker.on('error', (error) => {
        throw error
      })
      return {
        ask: (message: unknown, transfer: readonly ArrayBuffer[] = []) =>
          new Promise<Answer>((resolve) => {
            waiting.push(resolve)
            worker.postMessage(message, [...transfer])
          }),
        end: () => worker.terminate(),
      }
    }),
  )
}
