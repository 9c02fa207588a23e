import { Engine } from '@fanfold/core'
import type { Outcome } from '@fanfold/core'
import type { CaseOptions } from '../../bench-case.ts'
import { bareWorkerThreads } from '../../peers/bare-worker-threads.ts'
import type { Claim } from '../../fixed-work.ts'
import type { Peer } from '../../peers/peer.ts'
import { piscina } from '../../peers/piscina.ts'
import { poolifier } from '../../peers/poolifier.ts'
import { tinypool } from '../../peers/tinypool.ts'
import { workerpool } from '../../peers/workerpool.ts'
import { isIban } from '../strings-iban/iban.ts'
import { endlessArrays, endlessClaims } from './endless-batch.ts'

/** Something that is asked about one string at a time. */
export interface Asker {
  readonly name: string
  start(options: CaseOptions): Promise<RunningAsker>
}

export interface RunningAsker {
  /** A promise of an answer. */
  ask(text: string): Promise<unknown>
  isPass(answer: unknown): boolean
  /** Keeps all threads busy with a batch; what is returned ends it. */
  startBatch?(): () => Promise<void>
  close(): Promise<void>
}

/** No thread at all. */
export const oneLoop: Asker = {
  name: 'one loop',
  start: async () => ({ ask: async (text) => isIban(text), isPass, close: async () => {} }),
}

/** All of these; the first two are what targets are about. */
export const peers: readonly Asker[] = [piscina, bareWorkerThreads, tinypool, workerpool, poolifier].map(peerAsker)

export const fanfoldCheck: Asker = {
  name: 'fanfold check',
  async start({ threads }) {
    const engine = new Engine({ threads })
    const loaded = engine.load<string | Claim>(new URL('./verify-request.ts', import.meta.url))
    await loaded.ready
    return {
      ask: (text) => loaded.check(text),
      // What check() promises is an outcome.
      isPass: (answer) => isPassed(answer as Outcome),
      startBatch: () => {
        const run = loaded.run(endlessClaims())
        const ended = run.report()
        return async () => {
          run.cancel('the requests have been answered')
          await ended
        }
      },
      close: async () => void (await engine.close()),
    }
  },
}

function peerAsker(peer: Peer): Asker {
  return {
    name: peer.name,
    async start({ threads }) {
      const taskModule = new URL('./verify-request.ts', import.meta.url)
      const running = await peer.start({ threads, taskModule })
      return {
        ask: (text) => running.one(text),
        isPass,
        startBatch: () => {
          let isOver = false
          // Two arrays a thread, so that none waits for the main thread.
          const lanes = Array.from({ length: threads * 2 }, async () => {
            for (const items of endlessArrays()) {
              if (isOver) return
              await running.batches(items, items.length, 1)
            }
          })
          return async () => {
            isOver = true
            await Promise.all(lanes)
          }
        },
        close: () => running.close(),
      }
    },
  }
}

function isPass(answer: unknown): boolean {
  return answer === true
}

function isPassed(outcome: Outcome): boolean {
  return outcome.status === 'completed' && outcome.verdict === 'pass'
}
