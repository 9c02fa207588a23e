import { COMPLETED, STATUSES } from '../outcome-columns.ts'
import type { Status } from '../outcome-columns.ts'
import { VERDICTS } from '../verdict.ts'
import type { VerdictName } from '../verdict.ts'

/** What can be asked of an outcome: its verdict, or the status of one that has none. */
export type OutcomeKind = VerdictName | Exclude<Status, 'completed' | 'skipped'>

/** Which outcomes have a line, and what is in it. */
export interface LineSettings {
  /** `undefined`: all. */
  readonly only: readonly OutcomeKind[] | undefined
  /** Beside which the record stands; `attention`: all but passes. */
  readonly include: 'none' | 'attention' | 'all'
  readonly timings: boolean
}

const PASS = VERDICTS.indexOf('pass')

/** Says of outcomes, by their codes, whether they have a line, and a record in it. */
export class LineChoice {
  /** By code, 1 for what is written; that of no verdict, 255, is always 0. */
  readonly #verdicts = new Uint8Array(256)
  readonly #statuses = new Uint8Array(256)
  readonly #include: LineSettings['include']

  constructor({ only, include }: LineSettings) {
    this.#include = include
    for (let code = 0; code < VERDICTS.length; code++) this.#verdicts[code] = wants(only, VERDICTS[code]!)
    // Of a completed task, the verdict decides.
    for (let code = 0; code < STATUSES.length; code++)
      this.#statuses[code] = code === COMPLETED ? 0 : wants(only, STATUSES[code]!)
  }

  has(status: number, verdict: number): boolean {
    return (this.#statuses[status]! | this.#verdicts[verdict]!) !== 0
  }

  hasRecord(status: number, verdict: number): boolean {
    return this.#include === 'all' || (this.#include === 'attention' && !(status === COMPLETED && verdict === PASS))
  }
}

function wants(only: readonly string[] | undefined, kind: string): number {
  return only === undefined || only.includes(kind) ? 1 : 0
}
