import { defineVerifier, pass, throwIfOverloaded } from '@fanfold/workers'
import { Agent, get } from 'node:http'

interface Config {
  readonly url: string
}

/** What a task of these tests does. */
export interface Ask {
  readonly do?:
    | 'twice'
    | 'nested'
    | 'nestedOtherWay'
    | 'nestedInItself'
    | 'exit'
    | 'hang'
    | 'unknown'
    | 'unawaited'
    | 'ownError'
    | 'notACall'
  readonly limit?: string
}

/** Asks the downstream through a limit. */
export default defineVerifier<Ask, Config, Agent>({
  setup: () => new Agent({ keepAlive: true, maxSockets: 1000 }),
  async verify(ask, { limit, state: agent, config: { url }, signal, index }) {
    const through = ask.limit ?? 'crm'
    const request = (callSignal: AbortSignal): Promise<number> => statusOf(`${url}${index}`, agent, callSignal)
    switch (ask.do) {
      case 'exit':
        return limit(through, () => process.exit(7))
      case 'hang':
        await limit(through, () => new Promise(() => {}))
        return pass()
      case 'unknown':
        await limit('nowhere', request)
        return pass()
      case 'unawaited':
        void limit(through, request)
        return pass('not waited for')
      case 'ownError':
        return limit(through, () => {
          throw Object.assign(new RangeError('mine'), { code: 'OWN' })
        })
      case 'notACall':
        await limit(through, undefined as never)
        return pass()
      case 'nested':
        return pass(await limit('crm', () => limit('billing', request)))
      case 'nestedOtherWay':
        return pass(await limit('billing', () => limit('crm', request)))
      case 'nestedInItself':
        return pass(await limit('crm', () => limit('crm', request)))
      case 'twice': {
        const [first, second] = await Promise.all([limit(through, request), limit(through, request)])
        return pass([first, second, signal.aborted])
      }
      default:
        return pass(await limit(through, request))
    }
  },
  teardown: (agent) => agent.destroy(),
})

function statusOf(url: string, agent: Agent, signal: AbortSignal): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  const asked = get(url, { agent, signal }, (response) => {
    response.resume()
    try {
      throwIfOverloaded({ status: response.statusCode!, headers: { get: (name) => String(response.headers[name]) } })
      if (response.statusCode! >= 500) reject(new Error(`status ${response.statusCode}`))
      resolve(response.statusCode!)
    } catch (error) {
      reject(error)
    }
  })
  asked.on('error', reject)
  return promise
}
