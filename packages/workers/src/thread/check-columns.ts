import { CHECK_CODES, checkCode } from '../check-ends.ts'
import type { PartChecks } from '../outcome-columns.ts'
import { NO_VERDICT } from '../outcome-columns.ts'

const FIRST_ROWS = 64

/** The checks of a part's outcomes, a row for each, in the order in which these are written. */
export class CheckColumns {
  readonly perTask: number
  #rows = 0
  #codes = new Uint8Array(0)
  #durations = new Float32Array(0)
  #counts: number[]

  constructor(perTask: number) {
    this.perTask = perTask
    this.#counts = zeros(perTask)
  }

  /** The checks of the next outcome. */
  row(codes: readonly number[], durations: readonly number[]): void {
    const from = this.#next()
    for (let i = 0; i < this.perTask; i++) {
      const code = codes[i]!
      this.#codes[from + i] = code
      this.#durations[from + i] = durations[i]!
      this.#counts[i * CHECK_CODES + code]!++
    }
  }

  /** Outcomes up to this one that have no row yet: all their checks ended as the task did, before they began. */
  fillTo(rows: number, status: number): void {
    const code = checkCode(status, NO_VERDICT)
    while (this.#rows < rows) {
      const from = this.#next()
      for (let i = 0; i < this.perTask; i++) {
        this.#codes[from + i] = code
        this.#durations[from + i] = 0
        this.#counts[i * CHECK_CODES + code]!++
      }
    }
  }

  /** Counts by check and code, since they were last taken. */
  takeCounts(): readonly number[] {
    const counts = this.#counts
    this.#counts = zeros(this.perTask)
    return counts
  }

  take(): PartChecks {
    const end = this.#rows * this.perTask
    this.#rows = 0
    return { perTask: this.perTask, codes: this.#codes.slice(0, end), durations: this.#durations.slice(0, end) }
  }

  #next(): number {
    const from = this.#rows++ * this.perTask
    if (from + this.perTask <= this.#codes.length) return from
    const length = Math.max(FIRST_ROWS * this.perTask, this.#codes.length * 2)
    const codes = new Uint8Array(length)
    const durations = new Float32Array(length)
    codes.set(this.#codes)
    durations.set(this.#durations)
    this.#codes = codes
    this.#durations = durations
    return from
  }
}

/** Without a method of Array's prototype, which a verifier may have spoilt. */
function zeros(perTask: number): number[] {
  const counts: number[] = []
  for (let i = 0; i < perTask * CHECK_CODES; i++) counts[i] = 0
  return counts
}
