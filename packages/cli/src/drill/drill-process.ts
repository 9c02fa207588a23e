/** The process of one run of a drill: should the fault take it down, the drill goes on. */
import { drillRun } from './drill-run.ts'
import type { DrillRequest, DrillResult } from './drill-run.ts'

export type DrillAnswer =
  | { readonly result: DrillResult }
  | { readonly failed: { readonly message: string; readonly code: string | undefined } }

// A terminal's Ctrl-C goes to all its processes; the one that started this decides what comes of it.
process.on('SIGINT', () => {})
process.on('SIGTERM', () => {})
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'))

process.once('message', (request: DrillRequest) => {
  void drillRun(request)
    .then((result): DrillAnswer => ({ result }), failed)
    .then((answer) => process.send?.(answer))
})

function failed(error: unknown): DrillAnswer {
  const message = error instanceof Error ? error.message : String(error)
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
  return { failed: { message, code } }
}
