import type { Counts, RunResult, Side } from '../../bench-case.ts'
import { makeIbans } from '../strings-iban/iban.ts'
import type { Asker, RunningAsker } from './askers.ts'

const IN_FLIGHT = 1_000

/** A thousand requests wait at any time: what counts is how many are answered in a second. */
export function inFlightSide(asker: Asker): Side {
  return askerSide(asker, (running, texts) => askMany(running, texts, IN_FLIGHT))
}

/** The next request comes when the one before is answered: what counts is how long one takes. */
export function oneAtATimeSide(asker: Asker): Side {
  return askerSide(asker, askOneByOne)
}

/** One at a time, while a batch keeps all threads busy. */
export function besideBatchSide(asker: Asker): Side {
  return askerSide(asker, async (running, texts) => {
    const endBatch = running.startBatch?.()
    const result = await askOneByOne(running, texts)
    await endBatch?.()
    return result
  })
}

function askerSide(asker: Asker, count: (running: RunningAsker, texts: readonly string[]) => Promise<RunResult>): Side {
  return {
    name: asker.name,
    async setup(options) {
      const texts = makeIbans(options.tasks)
      const running = await asker.start(options)
      return { tasks: options.tasks, run: () => count(running, texts), close: () => running.close() }
    },
  }
}

async function askMany(running: RunningAsker, texts: readonly string[], inFlight: number): Promise<Counts> {
  let next = 0
  let pass = 0
  const lane = async (): Promise<void> => {
    while (next < texts.length) {
      const answer = await running.ask(texts[next++]!)
      if (running.isPass(answer)) pass++
    }
  }
  await Promise.all(Array.from({ length: inFlight }, lane))
  return { pass, fail: texts.length - pass }
}

async function askOneByOne(running: RunningAsker, texts: readonly string[]): Promise<RunResult> {
  const latencies = new Float64Array(texts.length)
  let pass = 0
  for (const [n, text] of texts.entries()) {
    const askedAt = performance.now()
    const answer = await running.ask(text)
    latencies[n] = performance.now() - askedAt
    if (running.isPass(answer)) pass++
  }
  latencies.sort()
  const atShare = (share: number): number => latencies[Math.floor(latencies.length * share)]! * 1000
  const measures = { latencyP50Us: atShare(0.5), latencyP99Us: atShare(0.99) }
  return { pass, fail: texts.length - pass, measures }
}
