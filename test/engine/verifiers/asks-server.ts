import { Agent, get } from 'node:http'
import { defineVerifier, flag, pass } from '@fanfold/workers'
import type { Verifier } from '@fanfold/workers'

/** Asks a service about each item; its pool of connections is as large as this thread may need. */
const asking: Verifier<number, { url: string }, Agent, number> = defineVerifier({
  setup: ({ concurrency }) => new Agent({ keepAlive: true, maxSockets: concurrency }),
  async verify(item, { state: agent, config: { url }, signal }) {
    const status = await new Promise((resolve, reject) => {
      get(`${url}${item}`, { agent, signal }, (response) => {
        response.resume().once('end', () => resolve(response.statusCode))
      }).once('error', reject)
    })
    return status === 200 ? pass(agent.maxSockets) : flag('no-answer')
  },
  teardown: (agent) => agent.destroy(),
})
export default asking
