import {
  CHECK_PASS,
  CHECK_SKIPPED,
  attemptsOfTask,
  checkCode,
  checkOutcomes,
  decodeError,
  indexIn,
  worstCheck,
} from '@fanfold/workers/protocol'
import type {
  CheckDetail,
  CheckOutcome,
  CheckTerms,
  ChecksOfTask,
  EndedCheck,
  PartChecks,
} from '@fanfold/workers/protocol'
import type { OutcomeDetails } from './outcome-details.ts'

/** By check: what has ended in earlier attempts of a task. */
export type EndedChecks = ReadonlyMap<number, EndedCheck>

/** What the main thread has settled itself. */
interface SettledHere {
  readonly ended: ReadonlyMap<number, EndedChecks>
  readonly attempts: number | undefined
}

/** The checks of a batch's outcomes. */
export class BatchChecks {
  readonly terms: readonly CheckTerms[]
  readonly columns: PartChecks
  readonly #details: OutcomeDetails
  /** The codes of a task without a row. */
  readonly #passes: Uint8Array
  /** By ordinal: what the main thread knows of tasks that it has settled itself. */
  readonly #ended: ReadonlyMap<number, EndedChecks>
  /** Executions of those that it has settled with their task. */
  readonly #attempts: number | undefined

  constructor(
    terms: readonly CheckTerms[],
    columns: PartChecks,
    details: OutcomeDetails,
    { ended, attempts }: SettledHere = { ended: new Map(), attempts: undefined },
  ) {
    this.terms = terms
    this.columns = columns
    this.#details = details
    this.#ended = ended
    this.#attempts = attempts
    this.#passes = new Uint8Array(terms.length).fill(CHECK_PASS)
  }

  /** Of tasks that ended without their thread's word: as that says, but for checks that had ended before. */
  static settled(
    terms: readonly CheckTerms[],
    { status, attempts }: { readonly status: number; readonly attempts: number },
    ended: readonly (EndedChecks | undefined)[],
    details: OutcomeDetails,
  ): BatchChecks {
    const perTask = terms.length
    const ordinals = Uint32Array.from(ended.keys())
    const codes = new Uint8Array(ended.length * perTask).fill(checkCode(status, 0))
    const durations = new Float32Array(codes.length)
    const ofPasses = new Float32Array(perTask)
    const known = new Map<number, EndedChecks>()
    for (const [ordinal, checks] of ended.entries()) {
      if (checks === undefined) continue
      known.set(ordinal, checks)
      for (const [check, { code, durationMs }] of checks) {
        codes[ordinal * perTask + check] = code
        durations[ordinal * perTask + check] = durationMs
      }
    }
    return new BatchChecks(terms, { perTask, ordinals, codes, durations, ofPasses }, details, {
      ended: known,
      attempts,
    })
  }

  /** The check that the outcome's own end, and its reason, are those of. */
  worst(ordinal: number): number {
    const { codes, perTask } = this.columns
    const row = this.#rowOf(ordinal)
    return row < 0 ? 0 : worstCheck(codes, row * perTask, perTask)
  }

  /** How a check of the outcome ended: see `check-ends.ts` of the workers. */
  codeAt(ordinal: number, check: number): number {
    const row = this.#rowOf(ordinal)
    return row < 0 ? CHECK_PASS : this.columns.codes[row * this.columns.perTask + check]!
  }

  #rowOf(ordinal: number): number {
    return indexIn(this.columns.ordinals, ordinal)
  }

  /**
   * The checks of the outcome by name, and the executions of its task.
   *
   * @param details - what those checks say that say anything, decoded
   * @param error - of the task, for those checks that have none of their own
   */
  read(
    ordinal: number,
    details: readonly CheckDetail[] | undefined,
    error: Error | undefined,
  ): { readonly outcomes: Record<string, CheckOutcome>; readonly attempts: number } {
    const task = this.#of(ordinal, details ?? [], error)
    return { outcomes: Object.fromEntries(checkOutcomes(task)), attempts: attemptsOfTask(task) }
  }

  /** The checks of a task that have ended for good, if these are tried again. */
  endedBut(again: readonly number[], ordinal: number): EndedCheck[] {
    const task = this.#of(ordinal, this.#details.detail(ordinal)?.checks ?? [], undefined)
    const ended: EndedCheck[] = []
    for (let check = 0; check < this.columns.perTask; check++) {
      const code = task.codes[task.from + check]!
      // What is skipped may yet run, if what has stopped it ends in another way.
      if (code === CHECK_SKIPPED || again.includes(check)) continue
      const said = task.details.find((detail) => detail.check === check) ?? { check }
      const issues = task.reason?.check === check ? { issues: [{ reason: task.reason.reason }] } : {}
      ended.push({ code, durationMs: task.durations[task.from + check]!, detail: { ...said, ...issues } })
    }
    return ended
  }

  select(ordinals: readonly number[], details: OutcomeDetails): BatchChecks {
    const { perTask, codes, durations, ofPasses } = this.columns
    const rows = ordinals.map((i, to) => ({ to, row: this.#rowOf(i) })).filter(({ row }) => row >= 0)
    const places = rows.flatMap(({ row }) => this.terms.map((_, check) => row * perTask + check))
    const columns = {
      perTask,
      ordinals: Uint32Array.from(rows, ({ to }) => to),
      codes: Uint8Array.from(places, (at) => codes[at]!),
      durations: Float32Array.from(places, (at) => durations[at]!),
      ofPasses,
    }
    const ended = new Map<number, EndedChecks>()
    for (const [to, i] of ordinals.entries()) {
      const checks = this.#ended.get(i)
      if (checks !== undefined) ended.set(to, checks)
    }
    return new BatchChecks(this.terms, columns, details, { ended, attempts: this.#attempts })
  }

  #of(ordinal: number, said: readonly CheckDetail[], error: Error | undefined): ChecksOfTask<Error> {
    const settled = this.#ended.get(ordinal)
    const details = settled === undefined ? said : [...settled.values()].map(({ detail }) => detail)
    const { codes, durations, ofPasses, perTask } = this.columns
    const reason = this.#details.loneReason(ordinal)
    const row = this.#rowOf(ordinal)
    return {
      terms: this.terms,
      ...(row < 0 ? { codes: this.#passes, durations: ofPasses, from: 0 } : { codes, durations, from: row * perTask }),
      details,
      attempts: this.#attempts,
      reason: reason === undefined ? undefined : { check: this.worst(ordinal), reason },
      error,
      decode: decodeError,
    }
  }
}
