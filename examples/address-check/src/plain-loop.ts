import { readFileSync } from 'node:fs'
import type { AddressRecord } from './address.ts'
import type { Judgement } from './judgement.ts'
import verifier, { type Config } from './verify-address.ts'

/** What a loop or a run brought: the judgements in the order of the file, and the time. */
export interface Checked {
  readonly judgements: readonly Judgement[]
  /** From the first record to the last verdict; opening the databases comes before. */
  readonly elapsedMs: number
}

/**
 * The same work without Fanfold: the same verifier in a `for` loop, one record at a time, in the main thread.
 * This is what fanning out is compared with; there is nothing in it that could be left out.
 */
export async function checkInPlainLoop(file: string, config: Config): Promise<Checked> {
  const never = new AbortController().signal
  const state = await verifier.setup?.({ config, signal: never })
  if (state === undefined) throw new Error('The verifier has no setup.')
  try {
    const start = performance.now()
    const judgements: Judgement[] = []
    let index = 0
    for (const line of readFileSync(file, 'utf8').trimEnd().split('\n')) {
      // The file is the one we wrote; a record that is broken is the verifier's business.
      const record = JSON.parse(line) as AddressRecord
      const answer = verifier.verify(record, {
        state,
        config,
        signal: never,
        attempt: 1,
        index,
        line: index + 1,
        file: undefined,
      })
      // Waiting for what is there already would cost a turn of the loop a record, which no plain loop would pay.
      const verdict = answer instanceof Promise ? await answer : answer
      if (typeof verdict === 'boolean') throw new Error('The verifier gives verdicts, not booleans.')
      judgements.push({ index: index++, verdict: verdict.verdict, issues: verdict.issues, advice: verdict.value })
    }
    return { judgements, elapsedMs: performance.now() - start }
  } finally {
    await verifier.teardown?.(state, { config })
  }
}
