/** The process in which one side is measured; `fresh-process.ts` starts it, and gets the answer over its IPC channel. */
import type { Measured, SideAnswer, SideRequest } from './side.ts'

// A terminal's Ctrl-C goes to all its processes; the one that started this decides what comes of it.
process.on('SIGINT', () => {})
process.on('SIGTERM', () => {})
// Whoever waited for the answer has gone.
process.on('disconnect', () => process.exit(1))

process.once('message', (request: SideRequest) => {
  void measure(request)
    .then((measured): SideAnswer => ({ measured }), failed)
    .then((answer) => process.send?.(answer))
})

/** Each side imports what it needs, and no more. */
async function measure(request: SideRequest): Promise<Measured> {
  const { side } = request
  if (side.kind === 'loop') return (await import('./measure-loop.ts')).measureLoop(request, side)
  return (await import('./measure-run.ts')).measureRun(request, side)
}

function failed(error: unknown): SideAnswer {
  const message = error instanceof Error ? error.message : String(error)
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
  return { failed: { message, code: code?.startsWith('FANFOLD_') === true ? code : undefined } }
}
