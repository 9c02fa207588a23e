import { Engine, ndjson, verifierAt } from '@fanfold/core'
import type { Judgement } from './judgement.ts'
import type { Checked } from './plain-loop.ts'
import type { Config } from './verify-address.ts'

export interface CheckedByThreads extends Checked {
  readonly threads: number
}

/** The whole of what an application writes to check a file on every core. */
export async function checkFannedOut(file: string, config: Config): Promise<CheckedByThreads> {
  const engine = new Engine()
  try {
    const addresses = engine.load(
      verifierAt<typeof import('./verify-address.ts')>(new URL('./verify-address.ts', import.meta.url)),
      { config },
    )
    // Each thread has opened its databases: the loop's clock starts there too.
    await addresses.ready
    const start = performance.now()
    const run = addresses.run(ndjson(file), { order: 'input' })
    const judgements: Judgement[] = []
    for await (const outcome of run) {
      if (outcome.status !== 'completed')
        throw new Error(`Record ${outcome.index} is ${outcome.status}.`, { cause: outcome.error })
      const { index, verdict, issues = [], value } = outcome
      judgements.push({ index, verdict, issues, advice: value })
    }
    const elapsedMs = performance.now() - start
    const { threads } = await run.report()
    return { judgements, elapsedMs, threads }
  } finally {
    await engine.close()
  }
}
