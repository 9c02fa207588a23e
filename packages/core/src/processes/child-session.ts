import { readSync } from 'node:fs'
import { FanfoldError, decodeError, encodeError } from '@fanfold/workers/protocol'
import type { BackendEvent } from '../backend.ts'
import { ThreadBackend } from '../threads/thread-backend.ts'
import { ALIVE_EVERY_MS, MESSAGES_VERSION, LANE_FILE } from './messages.ts'
import { flushStderr } from './flush-stderr.ts'
import { RECORDS_AT } from './lane-file.ts'
import type { BytesPayload } from './payload.ts'
import type { FromChild, RunWork, StartChild, ToChild } from './messages.ts'

/** The only lane here. */
const LANE = 0

/** A child process's side: drives one thread by the parent's commands, and tells what comes of it. */
export class ChildSession {
  readonly #backend: ThreadBackend
  readonly #send: (message: FromChild) => void
  #isTraced = false
  #records: Uint8Array = new Uint8Array()
  #heartbeat: NodeJS.Timeout | undefined
  /** The thread is gone, or is to be: commands that were sent before the parent knew are void. */
  #isOver = false

  constructor(start: StartChild, send: (message: FromChild) => void) {
    if (start.version !== MESSAGES_VERSION) {
      throw new FanfoldError(
        'FANFOLD_INTERNAL',
        `messages of version ${start.version} meet a child process of version ${MESSAGES_VERSION}: @fanfold/core was replaced while it ran. Start the application anew.`,
      )
    }
    this.#send = send
    const listener = {
      event: (event: BackendEvent) => this.#tell(event),
      warning: (error: Error, verifier: number | undefined) =>
        send({ type: 'warning', error: encodeError(error), verifier }),
      channel: (_lane: number, message: unknown) => send({ type: 'channel', message }),
    }
    this.#backend = new ThreadBackend(1, start.memoryMb, listener, () => ({
      thread: start.thread,
      traceFile: () => (this.#isTraced ? LANE_FILE : undefined),
    }))
    this.#backend.open(LANE)
  }

  handle(message: Exclude<ToChild, StartChild>): void {
    if (this.#isOver) return
    switch (message.type) {
      case 'load':
        return this.#backend.load(LANE, message.verifier, message.concurrency)
      case 'unload':
        return this.#backend.unload(LANE, message.verifier)
      case 'run':
        this.#isTraced = message.isTraced
        this.#heartbeat ??= setInterval(() => this.#beat(), ALIVE_EVERY_MS)
        return this.#backend.run({ ...message.work, payload: this.#payloadOf(message), lane: LANE, transfer: [] })
      case 'stop':
        return this.#backend.stop(LANE, message.assignment)
      case 'abort':
        return this.#backend.abort(LANE, message.assignment, decodeError(message.reason))
      case 'abortTask':
        return this.#backend.abortTask(LANE, message.assignment, message.position, decodeError(message.reason))
      case 'passOn':
        return this.#backend.passOn(LANE, message.message)
      case 'kill':
        return this.#backend.kill(LANE)
      case 'retire':
        return this.#backend.retire(LANE)
      case 'close':
        return void this.#close()
    }
  }

  /** The backend copies the bytes before it returns, so their memory is used again. */
  #payloadOf({ work: { payload }, bytesInFile }: RunWork): BytesPayload {
    if (bytesInFile === undefined) return payload
    if (this.#records.length < bytesInFile) this.#records = Buffer.allocUnsafeSlow(bytesInFile)
    const read = readSync(LANE_FILE, this.#records, 0, bytesInFile, RECORDS_AT)
    if (read !== bytesInFile)
      throw new FanfoldError('FANFOLD_INTERNAL', `of ${bytesInFile} bytes of records ${read} were in the file`)
    return { ...payload, bytes: this.#records.subarray(0, bytesInFile) }
  }

  async #close(): Promise<void> {
    this.#isOver = true
    clearInterval(this.#heartbeat)
    await this.#backend.close()
    await this.#last({ type: 'closed' })
  }

  #beat(): void {
    const { assignment, position, running } = this.#backend.snapshot()[LANE]!
    if (assignment !== undefined) return this.#send({ type: 'alive', assignment, position, running })
    clearInterval(this.#heartbeat)
    this.#heartbeat = undefined
  }

  #tell(event: BackendEvent): void {
    switch (event.type) {
      case 'laneOpened':
        return this.#send({ type: 'opened' })
      case 'verifierLoaded':
        return this.#send({ type: 'loaded', verifier: event.verifier, checks: event.checks })
      case 'verifierFailed':
        return this.#send({ type: 'loadFailed', verifier: event.verifier, error: encodeError(event.error) })
      case 'verifierUnloaded':
        return this.#send({ type: 'unloaded', verifier: event.verifier })
      case 'part': {
        const { assignment, batch: part, valueBytes } = event
        return this.#send({ type: 'part', assignment, part, valueBytes })
      }
      case 'assignmentEnded':
      case 'overdue':
      case 'stopped':
      case 'limitUsed':
        return this.#send(event)
      case 'laneDied': {
        this.#isOver = true
        clearInterval(this.#heartbeat)
        const { running, runningMs, error } = event
        const time = runningMs === undefined ? {} : { runningMs }
        return void this.#last({ type: 'died', running, ...time, error: encodeError(error) })
      }
      case 'laneExited':
        return // it was told to be stuck, for which the parent ends this process
      case 'unsendable':
        throw new FanfoldError('FANFOLD_INTERNAL', 'a payload of bytes could not be sent to a thread')
    }
  }

  /** The parent ends this process when it has this: what the thread has printed goes out before. */
  async #last(message: FromChild): Promise<void> {
    await flushStderr()
    this.#send(message)
  }
}
