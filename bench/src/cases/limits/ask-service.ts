import { defineVerifier, overloaded, pass } from '@fanfold/workers'
import { Agent, get } from 'node:http'

/** Asks a service through the limit `service`. */
export default defineVerifier<number, { url: string }, Agent>({
  setup: () => new Agent({ keepAlive: true, maxSockets: Infinity }),
  async verify(n, { limit, state: agent, config: { url } }) {
    await limit('service', (signal) => ask(`${url}/${n}`, agent, signal))
    return pass()
  },
  teardown: (agent) => agent.destroy(),
})

function ask(url: string, agent: Agent, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = get(url, { agent, signal }, (response) => {
      response.resume()
      response.on('end', () => (response.statusCode === 503 ? reject(overloaded()) : resolve()))
    })
    request.on('error', reject)
  })
}
