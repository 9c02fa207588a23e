import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'

/** A step of the service's capacity. */
export interface Capacity {
  /** Since it was started. */
  readonly atMs: number
  readonly requests: number
}

/** A service in a process of its own, which rejects what is above its capacity. */
export class Service {
  readonly url: string
  /** Since when it had which capacity. */
  readonly capacities: Capacity[]
  readonly #child: ChildProcess
  readonly #startedAt = performance.now()

  static async start(capacity: number): Promise<Service> {
    const child = fork(new URL('./service-process.ts', import.meta.url), [String(capacity)])
    const [port] = (await once(child, 'message')) as [number] // its first message
    return new Service(child, port, capacity)
  }

  private constructor(child: ChildProcess, port: number, capacity: number) {
    this.#child = child
    this.url = `http://127.0.0.1:${port}`
    this.capacities = [{ atMs: 0, requests: capacity }]
  }

  get ageMs(): number {
    return performance.now() - this.#startedAt
  }

  /** From now on it bears so many requests at once. */
  resize(requests: number): void {
    this.#child.send(requests)
    this.capacities.push({ atMs: this.ageMs, requests })
  }

  async close(): Promise<void> {
    const exited = once(this.#child, 'exit')
    this.#child.disconnect()
    await exited
  }
}
