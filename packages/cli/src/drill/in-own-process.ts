import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { FanfoldError } from '@fanfold/core'
import { whenAborted } from '../when-aborted.ts'
import type { DrillAnswer } from './drill-process.ts'
import type { DrillRequest, DrillResult } from './drill-run.ts'

const PROGRAM = fileURLToPath(new URL('./drill-process.js', import.meta.url))

/**
 * Makes the run in a process of its own. What the verifier prints there is not shown.
 *
 * @returns `died` when the fault took the whole process down, or it did not end by itself in time
 * @throws {FanfoldError} why it could not run; the signal's reason
 */
export async function inOwnProcess(
  request: DrillRequest,
  giveUpAfterMs: number,
  signal: AbortSignal,
): Promise<DrillResult | 'died'> {
  signal.throwIfAborted()
  const child = fork(PROGRAM, { stdio: ['ignore', 'ignore', 'ignore', 'ipc'], serialization: 'advanced' })
  const end = (): boolean => child.kill('SIGKILL')
  const forget = whenAborted(signal, end)
  const timer = setTimeout(end, giveUpAfterMs)
  try {
    const exited = once(child, 'exit')
    let answer: DrillAnswer | undefined
    child.once('message', (message) => {
      answer = message as DrillAnswer // drill-process.ts sends this and nothing else
      end()
    })
    child.on('error', end)
    child.send(request)
    await exited
    signal.throwIfAborted()
    if (answer === undefined) return 'died'
    if ('result' in answer) return answer.result
    const { message, code } = answer.failed
    throw new FanfoldError((code as FanfoldError['code'] | undefined) ?? 'FANFOLD_INTERNAL', message)
  } finally {
    clearTimeout(timer)
    forget()
  }
}
