import { fileURLToPath } from 'node:url'
import { Piscina } from 'piscina'
import type { CaseOptions, ReadySide, Side } from '../../bench-case.ts'
import { makeIbans } from './iban.ts'

/** It is so much slower that it gets fewer strings; times are per string. */
const SHARE = 10
/** Tasks that are with the pool at once: 8 to 256 are within 10%, 1,024 and more are slower. */
const IN_FLIGHT = 64

/** One `piscina.run` a string, as its README says: a bounded number at once, threads warm, `minThreads = maxThreads`. */
export const piscinaPerTask: Side = {
  name: 'piscina.run each',
  async setup({ tasks, threads }: CaseOptions): Promise<ReadySide> {
    const texts = makeIbans(Math.ceil(tasks / SHARE))
    const filename = fileURLToPath(new URL('./piscina-task.ts', import.meta.url))
    const pool = new Piscina({ filename, minThreads: threads, maxThreads: threads, idleTimeout: Infinity })
    await Promise.all(Array.from({ length: threads * 4 }, () => pool.run(texts[0])))
    return {
      tasks: texts.length,
      run: async () => {
        let next = 0
        let pass = 0
        const lane = async (): Promise<void> => {
          while (next < texts.length) if ((await pool.run(texts[next++])) === true) pass++
        }
        await Promise.all(Array.from({ length: IN_FLIGHT }, lane))
        return { pass, fail: texts.length - pass }
      },
      close: () => pool.destroy(),
    }
  },
}
