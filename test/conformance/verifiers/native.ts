import { appendFileSync, writeSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { defineVerifier, pass } from '@fanfold/workers'
import type { Answer } from '@fanfold/workers'

export interface NativeTask {
  /** Sent to its own process, as a crash in native code would be; it does not get further. */
  readonly signal?: NodeJS.Signals
  /** Written to the descriptor of stdout, past the stream. */
  readonly printed?: string
  /** Waits, so that others run beside it. */
  readonly waitMs?: number
}

interface Config {
  readonly log?: string
}

/** Ends its process in ways that no thread survives, and writes down in which process it is. */
export default defineVerifier<NativeTask | null, Config>({
  setup({ config: { log } }) {
    if (log !== undefined) appendFileSync(log, `pid ${process.pid}\n`)
  },
  verify(task): Answer | Promise<Answer> {
    const { signal, printed, waitMs } = task ?? {}
    if (waitMs !== undefined) return delay(waitMs).then(() => (signal === undefined ? pass() : die(signal)))
    if (signal !== undefined) die(signal)
    if (printed !== undefined) writeSync(1, printed)
    return pass()
  },
})

function die(signal: NodeJS.Signals): never {
  process.kill(process.pid, signal)
  for (;;);
}
