import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { FanfoldError } from '@fanfold/core'
import { badUsage } from '../problem.ts'
import { whenAborted } from '../when-aborted.ts'
import type { Measured, SideAnswer, SideRequest } from './side.ts'

const PROGRAM = fileURLToPath(new URL('./side-process.js', import.meta.url))
/** What a process says before it dies, at most. */
const MOST_SAID = 4_000

export interface FreshProcessOptions {
  /** Ends the process when it fires. */
  readonly signal: AbortSignal
  /** The process is given up after this, ms. */
  readonly giveUpAfterMs: number
  /** Of Node, such as `--cpu-prof`: the process is then let end by itself. */
  readonly flags?: readonly string[]
}

/**
 * Measures one side in a process of its own, so that no side profits from what another one has warmed up. What the
 * verifier prints there is not shown: it would be printed again and again.
 *
 * @throws {FanfoldError} when the verifier cannot be started, or the process dies; the signal's reason
 */
export async function measureInFreshProcess(request: SideRequest, options: FreshProcessOptions): Promise<Measured> {
  const { signal, giveUpAfterMs, flags = [] } = options
  signal.throwIfAborted()
  const child = fork(PROGRAM, {
    execArgv: [...flags],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    serialization: 'advanced',
  })
  const said = tailOf(child)
  const forget = whenAborted(signal, () => child.kill('SIGKILL'))
  const timer = setTimeout(() => child.kill('SIGKILL'), giveUpAfterMs)
  try {
    const exited = once(child, 'exit')
    let answer: SideAnswer | undefined
    // The child is side-process.ts, which sends this and nothing else.
    child.once('message', (message) => {
      answer = message as SideAnswer
      // With flags it has something to write at its end; else there is nothing to wait for.
      if (flags.length > 0) child.disconnect()
      else child.kill('SIGKILL')
    })
    child.on('error', () => child.kill('SIGKILL'))
    child.send(request)
    const startedAt = performance.now()
    await exited
    signal.throwIfAborted()
    if (answer === undefined) throw ended(said(), performance.now() - startedAt >= giveUpAfterMs, giveUpAfterMs)
    if ('measured' in answer) return answer.measured
    throw asTold(answer.failed)
  } finally {
    clearTimeout(timer)
    forget()
  }
}

function ended(said: string, wasGivenUp: boolean, giveUpAfterMs: number): FanfoldError {
  if (wasGivenUp)
    return badUsage(
      `a measurement took longer than ${Math.round(giveUpAfterMs / 1000)} s and was given up: perhaps a record never ends. ` +
        'Try --sample with fewer records, or find that record with fanfold verify and --timeout.',
    )
  const why = said === '' ? '' : `: ${said}`
  return badUsage(
    `the process that ran the verifier in one plain loop died${why}. What fan-out would isolate, a loop cannot survive: ` +
      'mend the verifier, or measure with other records.',
  )
}

/** The process has only the words of its error. */
function asTold({ message, code }: { readonly message: string; readonly code: string | undefined }): FanfoldError {
  return new FanfoldError((code as FanfoldError['code'] | undefined) ?? 'FANFOLD_BAD_OPTION', message)
}

function tailOf({ stderr }: ChildProcess): () => string {
  let text = ''
  stderr?.setEncoding('utf8').on('data', (chunk: string) => (text = (text + chunk).slice(-MOST_SAID)))
  return () => text.trim().split('\n').slice(-3).join(' ')
}
