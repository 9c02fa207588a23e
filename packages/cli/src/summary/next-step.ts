import type { Report } from '@fanfold/core'
import type { OutcomeKind } from '@fanfold/core'
import { quoted } from './quoted.ts'

/** What was written, and where. */
export interface Written {
  readonly out: string | undefined
  readonly lines: number
  readonly only: readonly OutcomeKind[] | undefined
  readonly summary: string | undefined
}

/** The one thing that a person would most likely want to do now; nothing when all is well. */
export function nextStep(report: Report, { out, only }: Written): string | undefined {
  const { statuses, verdicts, result, tolerance } = report
  // A source or an output that broke says what to do itself.
  if (result === 'aborted' || (result === 'failed' && tolerance?.isExceeded !== true)) return undefined
  const unsuccessful = (['errored', 'timedOut', 'crashed'] as const).filter((kind) => statuses[kind] > 0)
  const found = (['fail', 'flag'] as const).filter((kind) => verdicts[kind] > 0)
  const kinds: readonly OutcomeKind[] = unsuccessful.length > 0 ? unsuccessful : found
  const [first] = kinds
  // What went to stdout or a device cannot be looked at again.
  if (first === undefined || out === '-' || out?.startsWith('/dev/')) return undefined
  if (out === undefined) {
    const file = unsuccessful.length > 0 ? 'errors.ndjson' : 'found.ndjson'
    return `--out ${file} --only ${kinds.join(',')} writes each with its record`
  }
  const [one, ...more] = kinds.filter((kind) => only === undefined || only.includes(kind))
  if (one === undefined) return `--only ${[...(only ?? []), ...kinds].join(',')} writes them too`
  const field = unsuccessful.length > 0 ? 'status' : 'verdict'
  const pattern = more.length === 0 ? `'"${field}":"${one}"'` : `-E '"${field}":"(${[one, ...more].join('|')})"'`
  return `grep ${pattern} ${quoted(out)}`
}
