import type { Batch, Outcome } from '@fanfold/core'
import type { Format, Include, Kind } from '../options/verify-options.ts'
import { errorText, jsonText } from './json-text.ts'

/** Codes of a batch's columns, by name. */
const VERDICT_CODES: Readonly<Partial<Record<Kind, number>>> = { pass: 0, flag: 1, fail: 2 }
const STATUS_CODES: Readonly<Partial<Record<Kind, number>>> = { errored: 1, timedOut: 2, crashed: 3, aborted: 4 }
const COMPLETED = 0
const PASS = 0

/** What is written, and how. */
export interface LineOptions {
  readonly format: Format
  readonly only: readonly Kind[] | undefined
  readonly include: Include
  readonly timings: boolean
}

/** Writes outcomes as the lines of `--out`. */
export class OutcomeLines {
  /** How many were made. */
  count = 0
  readonly #options: LineOptions
  /** By code, 1 for what is written; 255, no verdict, is always 0. */
  readonly #verdicts = new Uint8Array(256)
  readonly #statuses = new Uint8Array(256)

  constructor(options: LineOptions) {
    this.#options = options
    const { only } = options
    for (const [kind, code] of Object.entries(VERDICT_CODES)) this.#verdicts[code] = wants(only, kind) ? 1 : 0
    for (const [kind, code] of Object.entries(STATUS_CODES)) this.#statuses[code] = wants(only, kind) ? 1 : 0
  }

  /** Whether the outcome at `i` is written; looks at two bytes. */
  has({ statuses, verdicts }: Batch, i: number): boolean {
    return (this.#statuses[statuses[i]!]! | this.#verdicts[verdicts[i]!]!) !== 0
  }

  /** Its line, with the line end. */
  line(batch: Batch, i: number): string {
    this.count++
    const outcome = batch.at(i)
    const { index, line, file, id, status, attempts, durationMs } = outcome
    let text = `{"index":${index}`
    if (line !== undefined) text += `,"line":${line}`
    if (file !== undefined) text += `,"file":${JSON.stringify(file)}`
    if (id !== undefined) text += `,"id":${jsonText(id)}`
    text += `,"status":"${status}"${answerText(outcome)},"attempts":${attempts}`
    if (this.#options.timings) text += `,"durationMs":${rounded(durationMs)}`
    if (this.#includesRecord(batch, i)) text += this.#recordText(batch, i, outcome)
    return `${text}}\n`
  }

  #includesRecord({ statuses, verdicts }: Batch, i: number): boolean {
    const { include } = this.#options
    return include === 'all' || (include === 'attention' && !(statuses[i] === COMPLETED && verdicts[i] === PASS))
  }

  #recordText(batch: Batch, i: number, outcome: Outcome): string {
    const raw = batch.recordAt(i)
    if (typeof raw !== 'string') return '' // it was too long to be kept
    switch (this.#options.format) {
      case 'ndjson':
        return `,"record":${isJson(raw, outcome) ? inOneLine(raw) : JSON.stringify(raw)}`
      case 'csv': {
        const item = batch.itemAt(i)
        return `,"record":${JSON.stringify(item === undefined ? raw : item)}`
      }
      case 'lines':
        return `,"record":${JSON.stringify(raw)}`
    }
  }
}

function wants(only: readonly Kind[] | undefined, kind: string): boolean {
  return only === undefined || only.some((wanted) => wanted === kind)
}

function answerText(outcome: Outcome): string {
  if (outcome.status !== 'completed') return outcome.error === undefined ? '' : `,"error":${errorText(outcome.error)}`
  const { verdict, reason, issues, value } = outcome
  let text = `,"verdict":"${verdict}"`
  if (reason !== undefined) text += `,"reason":${JSON.stringify(reason)}`
  // A lone reason is said already.
  if (issues !== undefined && (issues.length > 1 || Object.keys(issues[0] ?? {}).length > 1))
    text += `,"issues":${jsonText(issues)}`
  if (value !== undefined) text += `,"value":${jsonText(value)}`
  return text
}

/** To 0.1 µs: single-precision floats have digits that mean nothing. */
function rounded(durationMs: number): number {
  return Math.round(durationMs * 10_000) / 10_000
}

/**
 * Whether the record's text can stand in the line as it is. That of a completed task has been parsed in the thread; of
 * the others it is not known, and one that could not be read may look like JSON now that its broken bytes are replaced.
 */
function isJson(raw: string, outcome: Outcome): boolean {
  if (outcome.status === 'completed') return true
  if (outcome.error !== undefined && 'code' in outcome.error && outcome.error.code === 'FANFOLD_RECORD_UNPARSABLE')
    return false
  try {
    JSON.parse(raw)
    return true
  } catch {
    return false
  }
}

/** A lone CR between tokens is JSON, and a line end to some who read lines. */
function inOneLine(json: string): string {
  return json.includes('\r') ? json.replaceAll('\r', ' ') : json
}
