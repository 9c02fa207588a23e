import { setTimeout as delay } from 'node:timers/promises'
import { fanfold, staticSplit } from '../ndjson-json-schema/sides.ts'
import type { Measures, RunResult, Side } from '../../bench-case.ts'
import { startOwnWork } from './own-work.ts'

/** Of the main thread's time. */
export const SHARES = [0, 0.5, 0.9]
/** Threads, compared with cores. */
export const MORE_THREADS = [-1, 0, 1]
const ALONE_MS = 500

export function fanfoldName(share: number, more: number): string {
  return `fanfold, main ${share * 100}% busy, cores ${more === 0 ? '+ 0' : more > 0 ? `+ ${more}` : `- ${-more}`}`
}

export function fanfoldBeside(share: number, more: number): Side {
  return beside(fanfoldName(share, more), fanfold, share, more)
}

/** What bare threads do to a busy main thread, and it to them. */
export function splitBeside(share: number): Side {
  return beside(`static split, main ${share * 100}% busy`, staticSplit, share, 0)
}

/** A side of ndjson-json-schema, while the main thread has work of its own. */
function beside(name: string, side: Side, share: number, more: number): Side {
  return {
    name,
    async setup({ tasks, threads }) {
      const ready = await side.setup({ tasks, threads: Math.max(1, threads + more) })
      const alone = await workAlone(share)
      const run = async (): Promise<RunResult> => {
        const work = startOwnWork(share)
        const counts = await ready.run()
        return { ...counts, measures: { ...work.stop(), ...alone } }
      }
      return { ...ready, run }
    },
  }
}

/** The same work while nothing else goes on, before the clock. */
async function workAlone(share: number): Promise<Measures> {
  const work = startOwnWork(share)
  await delay(ALONE_MS)
  const { ownTookP50Ms, ownTurnsPerS } = work.stop()
  return { aloneTookP50Ms: ownTookP50Ms!, aloneTurnsPerS: ownTurnsPerS! }
}
