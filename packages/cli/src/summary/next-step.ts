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

/** So many make up for a downstream that rejects calls for a while: the waits between them double. */
const RETRIES = 5

/**
 * Options with which records would have had a verdict: where calls were rejected as overloaded, and none is tried again.
 *
 * @param retries - how many there were to be
 */
export function retriesMissing({ limits = {}, statuses }: Report, retries: number): readonly string[] {
  const wasOverloaded = Object.values(limits).some(({ rejected }) => rejected > 0)
  return wasOverloaded && retries === 0 && statuses.errored > 0 ? ['--retries', String(RETRIES)] : []
}

/** The one thing that a person would most likely want to do now; nothing when all is well. */
export function nextStep(report: Report, { out, only }: Written, retries: number): string | undefined {
  const { statuses, verdicts, result, tolerance } = report
  // A source or an output that broke says what to do itself.
  if (result === 'aborted' || (result === 'failed' && tolerance?.isExceeded !== true)) return undefined
  const missing = retriesMissing(report, retries)
  if (missing.length > 0) return `${missing.join(' ')} tries again what was rejected as overloaded`
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
