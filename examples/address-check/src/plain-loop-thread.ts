import { readFileSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import type { AddressRecord } from './address.ts'
import type { Judgement } from './judgement.ts'
import type { PlainLoopInput, Round } from './plain-loop.ts'
import verifier, { type State } from './verify-address.ts'

// The cast names what the one starter of this thread sends.
const { file, config, rounds } = workerData as PlainLoopInput
const never = new AbortController().signal
/** One loop bounds its calls by itself. */
async function limit<Result>(
  _name: string,
  call: (signal: AbortSignal) => Result | PromiseLike<Result>,
): Promise<Awaited<Result>> {
  return await call(never)
}

/** What one writes without Fanfold; there is nothing in it that could be left out. */
async function check(state: State): Promise<Round> {
  const start = performance.now()
  const judgements: Judgement[] = []
  for (const [index, text] of readFileSync(file, 'utf8').trimEnd().split('\n').entries()) {
    // The file is the one we wrote; a record that is broken is the verifier's business.
    const record = JSON.parse(text) as AddressRecord
    const context = {
      state,
      config,
      signal: never,
      attempt: 1,
      checks: {},
      index,
      line: index + 1,
      file: undefined,
      limit,
      host: {},
      prefetched: undefined,
    }
    const answer = verifier.verify(record, context)
    // Waiting for what is there already would cost a turn of the loop a record, which no plain loop would pay.
    const verdict = answer instanceof Promise ? await answer : answer
    if (typeof verdict === 'boolean') throw new Error('The verifier gives verdicts, not booleans.')
    judgements.push({ index, verdict: verdict.verdict, issues: verdict.issues, advice: verdict.value })
  }
  return { judgements, elapsedMs: performance.now() - start }
}

const state = await verifier.setup?.({ config, signal: never, concurrency: 1, host: {} })
if (state === undefined) throw new Error('The verifier has no setup.')
try {
  const done: Round[] = []
  while (done.length < rounds) done.push(await check(state))
  parentPort?.postMessage(done)
} finally {
  await verifier.teardown?.(state, { config })
}
