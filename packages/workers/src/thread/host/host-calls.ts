import type { Remote } from 'comlink'
import { decodeError } from '../../error-codec.ts'
import { FanfoldError } from '../../fanfold-error.ts'
import { ChannelEnd } from '../../host-channel.ts'
import type { Host } from '../../host-channel.ts'

/** The host functions of all verifiers in this thread, over one channel to the main thread. */
export class HostCalls {
  readonly #end: ChannelEnd
  /** Comlink is loaded for the first verifier that has host functions. */
  #host: Promise<Remote<Host>> | undefined

  constructor(send: (message: unknown) => void) {
    this.#end = new ChannelEnd(send)
  }

  receive(message: unknown): void {
    this.#end.receive(message)
  }

  /** @throws what the function has thrown, or why it could not be called */
  async call(verifier: number, name: string, args: readonly unknown[]): Promise<unknown> {
    this.#host ??= import('comlink').then(({ wrap }) => wrap<Host>(this.#end))
    const host = await this.#host
    let reply: Awaited<ReturnType<Host['call']>>
    try {
      reply = await host.call(verifier, name, args)
    } catch (cause) {
      throw new FanfoldError(
        'FANFOLD_NOT_CLONEABLE',
        `what the host function '${name}' is given, or gives back, cannot be sent between threads: ${cause instanceof Error ? cause.message : String(cause)}. Use plain data.`,
        { cause },
      )
    }
    if ('error' in reply) throw decodeError(reply.error)
    return reply.value
  }
}
