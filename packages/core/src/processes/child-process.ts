import { fork } from 'node:child_process'
import type { ChildProcess as NodeChild } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { FanfoldError } from '../errors.ts'
import { childArguments } from './child-arguments.ts'
import type { FromChild, ToChild } from './messages.ts'
import { openLaneFile } from './lane-file.ts'
import type { LaneFile } from './lane-file.ts'

const ENTRY = fileURLToPath(new URL('./child.js', import.meta.url))
const STDERR = 2
/** After its exit a child's channel is read for so long at most, ms. */
const DRAIN_MS = 2000

/** What its owner hears of a child. */
export interface ChildListener {
  message(message: FromChild): void
  /** It is gone, and all that it had sent was told before. Once. */
  gone(error: FanfoldError): void
}

/** One child process, from its start to its end. */
export class ChildProcess {
  readonly file: LaneFile | undefined = openLaneFile()
  readonly #listener: ChildListener
  #child: NodeChild | undefined
  #isGone = false

  constructor(listener: ChildListener) {
    this.#listener = listener
    try {
      this.#child = this.#fork()
    } catch (cause) {
      // Told later, as everything else is: whoever makes this is not to be called back meanwhile.
      process.nextTick(() => this.#gone(notStarted(cause)))
    }
  }

  #fork(): NodeChild {
    const child = fork(ENTRY, [], {
      serialization: 'advanced',
      execArgv: childArguments(process.execArgv),
      // stdout belongs to the application, so what is printed natively goes to stderr too.
      stdio: ['ignore', STDERR, STDERR, 'ipc', this.file?.descriptor ?? 'ignore'],
    })
    child.on('message', (message) => !this.#isGone && this.#listener.message(message as FromChild)) // its only sender is ours
    // What it had sent is read to the end before its channel closes; that and its exit are told in either order.
    const drained = new Promise<void>((resolve) => child.once('disconnect', () => resolve()))
    child.once('exit', (code, signal) => {
      const how = new FanfoldError('FANFOLD_THREAD_DIED', howItEnded(code, signal))
      // A process of the verifier's may have inherited the channel, and hold it open for as long as it likes.
      const patience = setTimeout(() => this.#gone(how), DRAIN_MS)
      void drained.then(() => {
        clearTimeout(patience)
        this.#gone(how)
      })
    })
    child.on('error', (error) => {
      // A kill or a message that comes too late fails like this as well.
      if (child.pid === undefined) this.#gone(notStarted(error))
    })
    return child
  }

  send(message: ToChild): void {
    // It may be gone already, or never have come to be (it has no channel then); that is told when it is known.
    if (this.#child?.pid !== undefined) this.#child.send(message, () => {})
  }

  /** Ends it at once, whatever it does. */
  kill(): void {
    this.#child?.kill('SIGKILL')
  }

  /** Whether the application's process has to stay alive for it. */
  set isAwaited(isAwaited: boolean) {
    if (isAwaited) this.#child?.ref()
    else this.#child?.unref()
    if (isAwaited) this.#child?.channel?.ref()
    else this.#child?.channel?.unref()
  }

  #gone(how: FanfoldError): void {
    if (this.#isGone) return
    this.#isGone = true
    this.#listener.gone(how)
    this.file?.close()
  }
}

function howItEnded(code: number | null, signal: NodeJS.Signals | null): string {
  if (signal === null) return `the process exited with code ${code}`
  const why = signal === 'SIGKILL' ? ', which the system sends when memory runs out' : ''
  return `the process was ended by ${signal}${why}`
}

function notStarted(cause: unknown): FanfoldError {
  const why = cause instanceof Error ? cause.message : String(cause)
  return new FanfoldError(
    'FANFOLD_THREAD_DIED',
    `a process could not be started: ${why}. Check the limits on processes, open files and memory, or use fewer threads.`,
    { cause },
  )
}
