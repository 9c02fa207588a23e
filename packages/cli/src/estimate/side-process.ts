/** The process in which one side is measured; `fresh-process.ts` starts it, and gets the answer over its IPC channel. */
import { FanfoldError } from '@fanfold/core'
import { messageOf } from '../problem.ts'
import { measureSide } from './measure-side.ts'
import type { SideAnswer, SideRequest } from './side.ts'

// A terminal's Ctrl-C goes to all its processes; the one that started this decides what comes of it.
process.on('SIGINT', () => {})
process.on('SIGTERM', () => {})
// Whoever waited for the answer has gone.
process.on('disconnect', () => process.exit(1))

process.once('message', (request: SideRequest) => {
  void measureSide(request)
    .then(
      (measured): SideAnswer => ({ measured }),
      (error: unknown): SideAnswer => ({
        failed: { message: messageOf(error), code: error instanceof FanfoldError ? error.code : undefined },
      }),
    )
    .then((answer) => process.send?.(answer))
})
