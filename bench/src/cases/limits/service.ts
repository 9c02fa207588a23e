import { fork } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

/** What a service has seen since it was asked last. */
interface ServiceAccount {
  readonly rejected: number
  readonly mostAtOnce: number
  /** The most requests that came in any second. */
  readonly densest: number
  /** Requests a second, on average. */
  readonly perWindow: number
}

export interface Service {
  readonly url: string
  account(): Promise<ServiceAccount>
  close(): Promise<void>
}

export async function startService(capacity: number, ms: number): Promise<Service> {
  const child = fork(new URL('./service-process.ts', import.meta.url), [String(capacity), String(ms)], {
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
