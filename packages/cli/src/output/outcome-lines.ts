import type { Batch, Outcome } from '@fanfold/core'
import type { VerdictName } from '@fanfold/workers'
import type { Format, Include, Kind } from '../options/verify-options.ts'
import { errorText, jsonText } from './json-text.ts'
import type { LineBytes } from './line-bytes.ts'

/** Codes of a batch's columns, by name. */
const VERDICT_CODES: Readonly<Partial<Record<Kind, number>>> = { pass: 0, flag: 1, fail: 2 }
const STATUS_CODES: Readonly<Partial<Record<Kind, number>>> = { errored: 1, timedOut: 2, crashed: 3, aborted: 4 }
/** Pieces of lines, whole, so that none is put together twice. */
const STATUS_TEXTS: Readonly<Record<Outcome['status'], string>> = {
  completed: ',"status":"completed"',
  errored: ',"status":"errored"',
  timedOut: ',"status":"timedOut"',
  crashed: ',"status":"crashed"',
  aborted: ',"status":"aborted"',
  skipped: ',"status":"skipped"',
}
const VERDICT_TEXTS: Readonly<Record<VerdictName, string>> = {
  pass: ',"verdict":"pass"',
  flag: ',"verdict":"flag"',
  fail: ',"verdict":"fail"',
}
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

  /** Adds its line, with the line end. */
  write(batch: Batch, i: number, bytes: LineBytes): void {
    this.count++
    const outcome = batch.at(i)
    const { index, line, file, id, status, attempts, durationMs } = outcome
    bytes.ascii('{"index":')
    bytes.whole(index)
    if (line !== undefined) {
      bytes.ascii(',"line":')
      bytes.whole(line)
    }
    if (file !== undefined) bytes.text(`,"file":${JSON.stringify(file)}`)
    if (id !== undefined) bytes.text(`,"id":${jsonText(id)}`)
    bytes.ascii(STATUS_TEXTS[status])
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
  const { verdict, reason, issues, value } = outcome
  bytes.ascii(VERDICT_TEXTS[verdict])
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
