import { appendFileSync, existsSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { defineVerifier, pass } from '@fanfold/workers'

interface Config {
  readonly log: string
  /** Tasks wait until there is such a file. */
  readonly gate?: string
  readonly setupMs?: number
  readonly teardownMs?: number
}

/** Takes its time, and writes down what has begun and what has ended. */
export default defineVerifier<unknown, Config>({
  async setup({ config: { log, setupMs = 0 } }) {
    await delay(setupMs) // its signal is not heeded
    appendFileSync(log, 'setup\n')
    return undefined
  },
  verify(_, { config: { gate } }) {
    return gate === undefined || existsSync(gate) ? pass() : opened(gate).then(() => pass())
  },
  async teardown(_, { config: { log, teardownMs = 0 } }) {
    appendFileSync(log, 'teardown\n')
    await delay(teardownMs)
    appendFileSync(log, 'torn-down\n')
  },
})

async function opened(gate: string): Promise<void> {
  while (!existsSync(gate)) await delay(5)
}
