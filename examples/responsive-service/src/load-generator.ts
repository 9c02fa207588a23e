/** A process of its own: asks a URL at a steady rate for some seconds, and sends the latencies (ms) to its parent. */
import { Agent, get } from 'node:http'

/** What the parent sends. */
export interface LoadOrder {
  readonly url: string
  readonly perSecond: number
  readonly seconds: number
  /** Asked before that and not counted: connections open, code is compiled. */
  readonly warmUpSeconds: number
}

const agent = new Agent({ keepAlive: true, maxSockets: 64 })

process.once('message', async ({ url, perSecond, seconds, warmUpSeconds }: LoadOrder) => {
  const warmUps = perSecond * warmUpSeconds
  const count = warmUps + perSecond * seconds
  const startedAt = performance.now()
  const latencies: Promise<number>[] = []
  for (let n = 0; n < count; n++) {
    if (n === warmUps) process.send?.('warm')
    const dueAt = startedAt + (n * 1000) / perSecond
    const early = dueAt - performance.now()
    if (early > 0) await new Promise((resolve) => setTimeout(resolve, early))
    // From when it was sent, not when it was due: lateness of this process is not the service's.
    latencies.push(ask(url))
  }
  process.send?.((await Promise.all(latencies)).slice(warmUps))
  agent.destroy()
  process.disconnect()
})

function ask(url: string): Promise<number> {
  const sentAt = performance.now()
  return new Promise((resolve, reject) => {
    get(url, { agent }, (response) => {
      response.resume()
      response.once('end', () => resolve(performance.now() - sentAt))
    }).once('error', reject)
  })
}
