// An entry of its own: Comlink's types need the DOM's, which those who import the packages may not have.
import type { Endpoint } from 'comlink'
import type { EncodedError } from './error-codec.ts'

/** What a host function came to. Errors are encoded: Comlink would send them without their code, cause and own fields. */
export type HostReply = { readonly value: unknown } | { readonly error: EncodedError }

/** What a thread may call on the main thread, through Comlink. */
export interface Host {
  /** Calls a function that the application gave with a verifier. */
  call(verifier: number, name: string, args: readonly unknown[]): Promise<HostReply>
}

/** All that Comlink looks at. */
type Listener = (event: { readonly data: unknown }) => void

/**
 * Comlink's end of a channel that has messages of its own: what is sent there as `channel` messages of the session, and
 * comes back so. Thus it goes through child processes like any other message, keeps its order, and ends with the session.
 */
export class ChannelEnd implements Endpoint {
  readonly #send: (message: unknown) => void
  readonly #listeners = new Set<Listener>()
  #isClosed = false

  constructor(send: (message: unknown) => void) {
    this.#send = send
  }

  postMessage(message: unknown): void {
    if (!this.#isClosed) this.#send(message)
  }

  addEventListener(_type: string, listener: Listener): void {
    this.#listeners.add(listener)
  }

  removeEventListener(_type: string, listener: Listener): void {
    this.#listeners.delete(listener)
  }

  /** A message has come from the other end. */
  receive(message: unknown): void {
    for (const listener of this.#listeners) listener({ data: message })
  }

  /** Nothing is sent any more: the other end is gone. */
  close(): void {
    this.#isClosed = true
    this.#listeners.clear()
  }
}
