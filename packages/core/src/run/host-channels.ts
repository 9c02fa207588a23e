import { AsyncLocalStorage } from 'node:async_hooks'
import { ChannelEnd } from '@fanfold/workers/host-channel'
import type { Host, HostReply } from '@fanfold/workers/host-channel'
import { encodeError } from '@fanfold/workers/protocol'
import type { HostFunctions } from '@fanfold/workers'
import { FanfoldError } from '../errors.ts'

/** What the channels need of the world. */
export interface HostWorld {
  functionsOf(verifier: number): HostFunctions | undefined
  send(lane: number, message: unknown): void
}

interface Channel {
  readonly end: ChannelEnd
  /** Something listens at it. */
  readonly isOpen: Promise<void>
}

/** The conductor for whose verifier code on the main thread runs at this moment. */
const caller = new AsyncLocalStorage<HostChannels>()

/** The main thread's ends of the channels over which threads call host functions, one for each lane's thread. */
export class HostChannels {
  readonly #world: HostWorld
  readonly #channels = new Map<number, Channel>()

  constructor(world: HostWorld) {
    this.#world = world
  }

  /** Whether what runs now was called by a verifier of these threads. */
  get areCalling(): boolean {
    return caller.getStore() === this
  }

  receive(lane: number, message: unknown): void {
    const channel = this.#channels.get(lane) ?? this.#open(lane)
    void channel.isOpen.then(() => channel.end.receive(message))
  }

  /** The lane's thread is gone: what its calls come to nobody wants to know. */
  close(lane: number): void {
    this.#channels.get(lane)?.end.close()
    this.#channels.delete(lane)
  }

  /** Comlink is loaded for the first call. */
  #open(lane: number): Channel {
    const end = new ChannelEnd((answer) => this.#world.send(lane, answer))
    const channel = { end, isOpen: import('comlink').then(({ expose }) => expose(this.#host, end)) }
    this.#channels.set(lane, channel)
    return channel
  }

  readonly #host: Host = {
    call: async (verifier, name, args): Promise<HostReply> => {
      const call = this.#world.functionsOf(verifier)?.[name]
      try {
        if (call === undefined)
          throw new FanfoldError('FANFOLD_VERIFIER_CLOSED', 'the verifier was closed before its call came')
        const value: unknown = await caller.run(this, () => call(...(args as never[])))
        return { value }
      } catch (error) {
        return { error: encodeError(error) }
      }
    },
  }
}
