import { Engine, ndjson, type LoadedVerifier } from '@fanfold/core'
import type { AddressRecord, Advice } from './address.ts'
import type { Judgement } from './judgement.ts'
import type { Round } from './plain-loop.ts'
import type { Config } from './verify-address.ts'

/** A run by Fanfold. */
export interface FannedOutRound extends Round {
  readonly threads: number
}

/** The whole of what an application writes to check a file on every core; several rounds keep the threads warm. */
export async function checkFannedOut(file: string, config: Config, rounds: number): Promise<readonly FannedOutRound[]> {
  const engine = new Engine()
  try {
    const verifier = new URL('./verify-address.ts', import.meta.url)
    const addresses = engine.load<AddressRecord, Config, Advice>(verifier, { config })
    // Each thread has opened its databases: the loop's clock starts there too.
    await addresses.ready
    const done: FannedOutRound[] = []
    while (done.length < rounds) done.push(await checkOnce(addresses, file))
    return done
  } finally {
    await engine.close()
  }
}

async function checkOnce(addresses: LoadedVerifier<AddressRecord, Advice>, file: string): Promise<FannedOutRound> {
  const start = performance.now()
  const run = addresses.run(ndjson(file), { order: 'input' })
  const judgements: Judgement[] = []
  for await (const outcome of run) {
    if (outcome.status !== 'completed') {
      throw new Error(`Record ${outcome.index} is ${outcome.status}.`, { cause: outcome.error })
    }
    const { index, verdict, issues = [], value } = outcome
    judgements.push({ index, verdict, issues, advice: value })
  }
  const elapsedMs = performance.now() - start
  const { threads } = await run.report()
  return { judgements, elapsedMs, threads }
}
