import { MessageChannel } from 'node:worker_threads'
import type { MessagePort, Worker } from 'node:worker_threads'
import { FanfoldError } from '@fanfold/workers/protocol'
import type { FromThread, ToThread } from '@fanfold/workers/protocol'
import { unpackFromThread } from '@fanfold/workers/small-messages'
import type { Packed } from '@fanfold/workers/small-messages'
import { ThreadCells } from './thread-cells.ts'
import type { ThreadPool } from './thread-pool.ts'

/** Who is told of a session; when it is silenced, of nothing but a late exit. */
export interface SessionListener {
  opened(): void
  /** No thread has started it. */
  failed(error: unknown): void
  received(message: FromThread): void
  /** The thread has exited; what it had posted may not have arrived. @returns why, to be told when it has */
  exited(error: Error): Error
  /** All that it had posted was told. */
  over(why: Error): void
  /** The thread of a silenced session has exited after all. */
  exitedLate(): void
}

/** One thread, from when it is asked for until its end: its port, its cells, and that its last words come before its death. */
export class ThreadSession {
  readonly cells: ThreadCells = new ThreadCells()
  readonly #port: MessagePort
  readonly #listener: SessionListener
  #worker: Worker | undefined
  #error: Error | undefined
  #isSilent = false

  /** @param thread - its number, for people */
  constructor(pool: ThreadPool, thread: number, listener: SessionListener) {
    this.#listener = listener
    const { port1, port2 } = new MessageChannel()
    this.#port = port1
    port1.on('message', (message: FromThread | Packed) => {
      if (!this.#isSilent) listener.received(unpackFromThread(message))
    })
    pool.startSession(port2, this.cells.buffer, thread).then(
      (worker) => (this.#isSilent ? void worker.terminate() : this.#opened(worker)),
      (error: unknown) => this.#isSilent || listener.failed(error),
    )
  }

  #opened(worker: Worker): void {
    this.#worker = worker
    worker.on('error', (error: Error) => {
      this.#error = error
    })
    // What the thread had posted arrives before its port closes, and both before or after its exit.
    const closed = new Promise<void>((resolve) => this.#port.once('close', resolve))
    const exited = new Promise<number>((resolve) => worker.once('exit', resolve))
    void exited.then((code) => {
      if (this.#isSilent) return this.#listener.exitedLate()
      const error = this.#error ?? new FanfoldError('FANFOLD_THREAD_DIED', `the thread exited with code ${code}`)
      const why = this.#listener.exited(error)
      void closed.then(() => this.#isSilent || this.#listener.over(why))
    })
    this.#listener.opened()
  }

  /** @throws when it cannot be cloned */
  send(message: ToThread | Packed, transfer: readonly ArrayBuffer[] = []): void {
    this.#port.postMessage(message, transfer)
  }

  /** @returns whether there is a thread to be ended, whose exit will be told */
  terminate(): boolean {
    void this.#worker?.terminate()
    return this.#worker !== undefined
  }

  /** Whether the process stays alive for it. */
  keepAlive(isNeeded: boolean): void {
    if (isNeeded) this.#port.ref()
    else this.#port.unref()
  }

  /** Nothing of it is heard any more. */
  silence(): void {
    this.#isSilent = true
    this.#port.close()
  }
}
