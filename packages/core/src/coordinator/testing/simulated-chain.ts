import {
  CHECK_ABORTED,
  CHECK_CODES,
  CHECK_SKIPPED,
  CHECK_TIMED_OUT,
  CHECK_ERRORED,
  statusOfCheck,
  worstCheck,
} from '@fanfold/workers/protocol'
import type { CheckTerms, FailedCheck } from '@fanfold/workers/protocol'
import type { Random } from './random.ts'

/** What earlier attempts of a task have left. */
export interface KeptChecks {
  /** By check: its code, and after how many attempts. */
  readonly ended: ReadonlyMap<number, { readonly code: number; readonly attempts: number }>
}

const UNSETTLED = CHECK_CODES
const RUNNING = CHECK_CODES + 1

/** The checks of one task in a simulated thread. */
export class SimulatedChecks {
  readonly codes: number[]
  readonly attempts: number[]
  readonly failed: FailedCheck[] = []
  readonly #terms: readonly CheckTerms[]

  /** @param charged - executions that were charged to each before */
  constructor(terms: readonly CheckTerms[], charged: readonly number[], kept: KeptChecks | undefined) {
    this.#terms = terms
    this.codes = terms.map((_, place) => kept?.ended.get(place)?.code ?? UNSETTLED)
    this.attempts = terms.map((_, place) => kept?.ended.get(place)?.attempts ?? (charged[place] ?? 0) + 1)
  }

  /** One of those that may begin. */
  next(random: Random): number | undefined {
    const ready: number[] = []
    for (const [place, { after }] of this.#terms.entries()) {
      if (this.codes[place] !== UNSETTLED || after.some((before) => this.codes[before]! >= UNSETTLED)) continue
      if (after.some((before) => !this.#terms[before]!.goesOn[this.codes[before]!])) this.codes[place] = CHECK_SKIPPED
      else ready.push(place)
    }
    return ready.length === 0 ? undefined : random.pick(ready)
  }

  begin(place: number): void {
    this.codes[place] = RUNNING
  }

  end(place: number, code: number, mayRetry: boolean): void {
    this.codes[place] = code
    if (code === CHECK_TIMED_OUT) this.failed.push({ check: place, failure: 'timeout' })
    if (code === CHECK_ERRORED && mayRetry) this.failed.push({ check: place, failure: 'throw' })
  }

  /** Nothing more of it begins. */
  abort(): void {
    for (const place of this.#terms.keys()) if (this.codes[place] === UNSETTLED) this.codes[place] = CHECK_ABORTED
  }

  /** Nothing more of it can begin in this thread. */
  leaveRest(): void {
    for (const place of this.#terms.keys()) {
      if (this.codes[place] !== UNSETTLED) continue
      this.codes[place] = CHECK_ABORTED
      this.failed.push({ check: place, failure: undefined })
    }
  }

  get isSettled(): boolean {
    return this.codes.every((code) => code < UNSETTLED)
  }

  /** The worst of its checks' statuses. */
  get status(): number {
    return statusOfCheck(this.codes[worstCheck(this.codes, 0, this.codes.length)]!)
  }
}
