import { Worker } from 'node:worker_threads'
import type { Judgement } from './judgement.ts'
import type { Config } from './verify-address.ts'

/** One time through the file. */
export interface Round {
  /** In the order of the file. */
  readonly judgements: readonly Judgement[]
  /** From the first record to the last verdict; opening the databases comes before. */
  readonly elapsedMs: number
}

/** What the loop's thread is given. */
export interface PlainLoopInput {
  readonly file: string
  readonly config: Config
  readonly rounds: number
}

/**
 * The same work without Fanfold: the same verifier in a `for` loop, one record at a time, in one thread.
 * The thread is a bare one, started for it, so that its code is as cold as in Fanfold's threads: the main thread has
 * run much of it already when it made the mailing.
 */
export async function checkInPlainLoop(file: string, config: Config, rounds: number): Promise<readonly Round[]> {
  const workerData: PlainLoopInput = { file, config, rounds }
  const thread = new Worker(new URL('./plain-loop-thread.ts', import.meta.url), { workerData })
  const exited = new Promise((resolve) => thread.once('exit', resolve))
  try {
    return await new Promise<readonly Round[]>((resolve, reject) => {
      thread.once('message', resolve)
      thread.once('error', reject)
      // After a message or an error this changes nothing.
      thread.once('exit', (code) => reject(new Error(`The loop's thread exited with code ${code} before it was done.`)))
    })
  } finally {
    await exited
  }
}
