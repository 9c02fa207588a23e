import { STATUSES, VERDICTS } from '@fanfold/core'
import type { Batch, Outcome } from '@fanfold/core'
import type { Format, Include, Kind } from '../options/verify-options.ts'
import { errorText, jsonText } from './json-text.ts'
import type { LineBytes } from './line-bytes.ts'

/** Pieces of lines, by code and whole, so that none is put together twice. */
const STATUS_TEXTS = STATUSES.map((status) => `,"status":"${status}"`)
const VERDICT_TEXTS = VERDICTS.map((verdict) => `,"verdict":"${verdict}"`)
const COMPLETED = STATUSES.indexOf('completed')
const PASS = VERDICTS.indexOf('pass')

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
    for (const [code, verdict] of VERDICTS.entries()) this.#verdicts[code] = wants(only, verdict) ? 1 : 0
    // Of a completed task, the verdict decides.
    for (const [code, status] of STATUSES.entries())
      this.#statuses[code] = code !== COMPLETED && wants(only, status) ? 1 : 0
  }

  /** Whether the outcome at `i` is written; looks at two bytes. */
  has({ statuses, verdicts }: Batch, i: number): boolean {
    return (this.#statuses[statuses[i]!]! | this.#verdicts[verdicts[i]!]!) !== 0
  }

  /** Adds its line, with the line end. */
  write(batch: Batch, i: number, bytes: LineBytes): void {
    this.count++
    const outcome = batch.at(i)
    const { index, line, file, id, attempts, durationMs } = outcome
    bytes.ascii('{"index":')
    bytes.whole(index)
    if (line !== undefined) {
      bytes.ascii(',"line":')
      bytes.whole(line)
    }
    if (file !== undefined) bytes.text(`,"file":${JSON.stringify(file)}`)
    if (id !== undefined) bytes.text(`,"id":${jsonText(id)}`)
    bytes.ascii(STATUS_TEXTS[batch.statuses[i]!]!)
    if (outcome.status === 'completed') bytes.ascii(VERDICT_TEXTS[batch.verdicts[i]!]!)
    addAnswer(outcome, bytes)
    bytes.ascii(',"attempts":')
    bytes.whole(attempts)
    if (this.#options.timings) {
      bytes.ascii(',"durationMs":')
      bytes.decimal(durationMs)
    }
    const record = this.#includesRecord(batch, i) ? this.#recordText(batch, i, outcome) : undefined
    if (record !== undefined) {
      bytes.ascii(',"record":')
      bytes.text(record)
    }
    bytes.ascii('}\n')
  }

  #includesRecord({ statuses, verdicts }: Batch, i: number): boolean {
    const { include } = this.#options
    return include === 'all' || (include === 'attention' && !(statuses[i] === COMPLETED && verdicts[i] === PASS))
  }

  #recordText(batch: Batch, i: number, outcome: Outcome): string | undefined {
    const raw = batch.recordAt(i)
    if (this.#options.format === 'files') return JSON.stringify(raw)
    if (typeof raw !== 'string') return undefined // it was too long to be kept
    switch (this.#options.format) {
      case 'ndjson':
        return isJson(raw, outcome) ? inOneLine(raw) : JSON.stringify(raw)
      case 'csv': {
        const item = batch.itemAt(i)
        return JSON.stringify(item === undefined ? raw : item)
      }
      case 'lines':
        return JSON.stringify(raw)
    }
  }
}

function wants(only: readonly Kind[] | undefined, kind: string): boolean {
  return only === undefined || only.some((wanted) => wanted === kind)
}

function addAnswer(outcome: Outcome, bytes: LineBytes): void {
  if (outcome.status !== 'completed') {
    if (outcome.error !== undefined) bytes.text(`,"error":${errorText(outcome.error)}`)
    return
  }
  const { reason, issues, value } = outcome
  if (reason !== undefined) bytes.text(`,"reason":${JSON.stringify(reason)}`)
  // A lone reason is said already.
  if (issues !== undefined && (issues.length > 1 || Object.keys(issues[0] ?? {}).length > 1))
    bytes.text(`,"issues":${jsonText(issues)}`)
  if (value !== undefined) bytes.text(`,"value":${jsonText(value)}`)
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
