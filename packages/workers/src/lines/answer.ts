import type { Issue } from '../verdict.ts'
import { errorText, jsonText, stringify } from './json-text.ts'
import type { LineBytes } from './line-bytes.ts'

/** As it was before any verifier was imported. */
const keysOf: typeof Object.keys = Object.keys

/** What a verdict says beyond its name. */
export interface Answer {
  readonly reason?: string | undefined
  readonly issues?: readonly Issue[] | undefined
  readonly value?: unknown
}

/** Adds what a verdict says; as it arrives elsewhere, not as a verifier may have made it. */
export function writeAnswer({ reason, issues, value }: Answer, bytes: LineBytes): void {
  if (reason !== undefined) bytes.text(`,"reason":${stringify(reason)}`)
  // A lone reason is said already.
  if (issues !== undefined && (issues.length > 1 || keysOf(issues[0] ?? {}).length > 1))
    bytes.text(`,"issues":${jsonText(issues)}`)
  if (value !== undefined) bytes.text(`,"value":${jsonText(value)}`)
}

/** Adds the error of a task without a verdict. */
export function writeError(error: { readonly name: unknown; readonly message: unknown }, bytes: LineBytes): void {
  bytes.text(`,"error":${errorText(error)}`)
}
