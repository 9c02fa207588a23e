import { accessSync, constants } from 'node:fs'
import type { Report } from '@fanfold/core'
import { PATIENCE_MS } from './patience.ts'

/** The signals that end a run early, and the codes that stand for them. */
export const SIGNAL_CODES: Readonly<Record<EndingSignal, number>> = { SIGINT: 130, SIGTERM: 143 }
export type EndingSignal = 'SIGINT' | 'SIGTERM'

export const CLOSED_PIPE = 141
/** Wrong usage, unreadable input, a verifier that cannot start: nothing was verified. */
export const NOT_STARTED = 2

/** How the process is to end. */
export interface Ending {
  readonly code: number
  /** To be raised again, so that the parent process sees how this one ended. */
  readonly signal?: EndingSignal
  /** Threads are stuck in native code, or in writing to a reader who takes nothing: a plain exit would wait for them. */
  readonly isStuck?: boolean
}

/** The code of a run that nobody interrupted. */
export function codeOf({ result, verdicts, tolerance }: Report, failsOnFlag: boolean): number {
  // `aborted`: an output broke. Within a tolerance that was given, what has no verdict was said to be no failure.
  const isDone = result === 'succeeded' || (result === 'partial' && tolerance !== undefined)
  if (!isDone) return 3
  return verdicts.fail > 0 || (failsOnFlag && verdicts.flag > 0) ? 1 : 0
}

/** How long a signal may take to arrive, ms. As pid 1 it never does. */
const SIGNAL_MS = 200

/** Ends the process. What has to be written is written already. */
export async function leave({ code, signal, isStuck = false }: Ending): Promise<never> {
  const raised = await flushedOrSignal(signal)
  if (raised !== undefined) await raise(raised)
  const last = raised === undefined ? code : SIGNAL_CODES[raised]
  if (isStuck) becomeExit(last)
  process.exit(last)
}

/** Ends the process by the signal, whatever is being run or written. */
export async function leaveNow(signal: EndingSignal): Promise<never> {
  await raise(signal)
  becomeExit(SIGNAL_CODES[signal])
  process.exit(SIGNAL_CODES[signal])
}

/** Returns only where that does nothing: as pid 1. */
async function raise(signal: EndingSignal): Promise<void> {
  process.removeAllListeners(signal)
  process.kill(process.pid, signal)
  await new Promise((resolve) => setTimeout(resolve, SIGNAL_MS))
}

/**
 * Waits until all is flushed, however long a reader takes; with a signal, before or meanwhile, not much longer.
 *
 * @returns the signal to end by
 */
async function flushedOrSignal(before: EndingSignal | undefined): Promise<EndingSignal | undefined> {
  const { promise: lost, resolve } = Promise.withResolvers<void>()
  let raised = before
  const soon = (): NodeJS.Timeout => setTimeout(resolve, PATIENCE_MS)
  if (raised !== undefined) soon()
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    // Where nobody listens, a signal ends the process by itself.
    if (process.listenerCount(name) === 0) continue
    process.once(name, () => {
      raised ??= name
      soon()
    })
  }
  await Promise.race([Promise.all([flushed(process.stdout), flushed(process.stderr)]), lost])
  return raised
}

/**
 * `process.exit` and `process.reallyExit` join every worker thread, and so wait for one that is stuck in native code
 * (seen on Node 22.18 and 24.21: the exit came when its `sleep 6` had ended). Replacing the process by another program
 * ends all its threads at once, and keeps its pid, so that the parent gets the code. Where there is no `execve`
 * (Windows), the exit comes when the native call returns.
 */
function becomeExit(code: number): void {
  // Without a shell (some containers have none), Node itself will do, about 40 ms slower.
  const [program, ...args] = isExecutable('/bin/sh')
    ? ['/bin/sh', 'sh', '-c', `exit ${code}`]
    : [process.execPath, 'node', '-e', `process.exit(${code})`]
  if (process.platform !== 'win32') process.execve?.(program, args, {})
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** A reader that is slow gets what was written; one that is gone costs no error. */
function flushed(stream: NodeJS.WriteStream): Promise<void> {
  if (stream.destroyed || stream.writableLength === 0) return Promise.resolve()
  return new Promise((resolve) => {
    stream.once('close', resolve)
    stream.write('', () => resolve())
  })
}
