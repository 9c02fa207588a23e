import { defineVerifier, pass } from '@fanfold/workers'
import { Agent, get } from 'node:http'
import { threadId } from 'node:worker_threads'

/** A task of the test of kills: through which limit it asks. */
export interface Mortal {
  readonly limit: string
}

/** What the downstream answers: how the thread of this task ends, if it does. */
export type Sentence = 'live' | 'exit' | 'exitAfterwards' | 'throw' | 'spin'

/** Asks the downstream through a limit, says by which thread of which process, and does as it is told. */
export default defineVerifier<Mortal, { url: string }, Agent>({
  setup: () => new Agent({ keepAlive: true, maxSockets: 1000 }),
  async verify(task, { limit, state: agent, config: { url }, index }) {
    const sentence = await limit(task.limit, async (signal) => {
      const told = await ask(`${url}${index}/${process.pid}/${threadId}`, agent, signal)
      if (told === 'exit') process.exit(7)
      if (told === 'throw') {
        setImmediate(() => {
          throw new Error('nobody catches this')
        })
        await new Promise(() => {}) // with its permit
      }
      while (told === 'spin');
      return told
    })
    // Its permit is given back, and nobody may have heard of it.
    if (sentence === 'exitAfterwards') process.exit(7)
    return pass()
  },
  teardown: (agent) => agent.destroy(),
})

function ask(url: string, agent: Agent, signal: AbortSignal): Promise<Sentence> {
  return new Promise((resolve, reject) => {
    const asked = get(url, { agent, signal }, (response) => {
      let text = ''
      response.on('data', (chunk) => (text += String(chunk)))
      response.on('end', () => resolve(text as Sentence)) // what the downstream of this test answers
    })
    asked.on('error', reject)
  })
}
