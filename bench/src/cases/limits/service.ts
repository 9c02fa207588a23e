import { fork } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

export interface ServiceTerms {
  /** How long it takes for a request. */
  readonly ms: number
  /** How many it bears at once, from when it has served so many on; the first from the beginning. */
  readonly capacities: readonly { readonly afterServed: number; readonly requests: number }[]
}

/** What a service has seen since it was asked last. Instants are ms of the monotonic clock, ascending. */
export interface ServiceAccount {
  /** Of all requests, the rejected ones included. */
  readonly arrivals: number[]
  readonly rejections: number[]
  /** How many it bore at once, from when on. */
  readonly capacities: { readonly atMs: number; readonly requests: number }[]
}

export interface Service {
  readonly url: string
  /** Begins a new one, and bears what it bore at first. */
  account(): Promise<ServiceAccount>
  close(): Promise<void>
}

export async function startService(terms: ServiceTerms): Promise<Service> {
  const child = fork(new URL('./service-process.ts', import.meta.url), [JSON.stringify(terms)], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  })
  const [port] = (await once(createInterface(child.stdout!), 'line')) as [string]
  const url = `http://127.0.0.1:${port}`
  return {
    url,
    account: async () => (await (await fetch(`${url}/account`)).json()) as ServiceAccount, // what service-process.ts tells
    close: async () => {
      const exited = once(child, 'exit')
      child.disconnect()
      await exited
    },
  }
}
