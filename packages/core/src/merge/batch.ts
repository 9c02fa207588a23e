import type { LineSettings } from '@fanfold/workers/lines'
import { COMPLETED, NO_VERDICT, STATUSES, VERDICTS, decodeError, valueBytesOf, waitOf } from '@fanfold/workers/protocol'
import type { CheckTerms, Detail, OutcomePart, PartFold, PartLines, PartTally } from '@fanfold/workers/protocol'
import type { Settle } from '../coordinator/commands.ts'
import { sizeOf } from '../coordinator/position-set.ts'
import type { Outcome } from '../outcome.ts'
import type { Shard } from '../sources/shard.ts'
import { BatchChecks } from './batch-checks.ts'
import type { EndedChecks } from './batch-checks.ts'
import { selectFold } from './batch-fold.ts'
import { selectLines, writeLines } from './batch-lines.ts'
import { OutcomeDetails } from './outcome-details.ts'

/**
 * Outcomes that arrived together, as columns: the fast way to read them. An outcome is made into an object when it is
 * asked for, and not before.
 *
 * @example
 * ```ts
 * import type { Run } from '@fanfold/core'
 * async function flagged(run: Run): Promise<number[]> {
 *   const indices: number[] = []
 *   for await (const batch of run.batches()) {
 *     for (let i = 0; i < batch.length; i++) if (batch.verdicts[i] === 1) indices.push(batch.at(i).index)
 *   }
 *   return indices
 * }
 * ```
 */
export interface Batch<Value = unknown> {
  readonly length: number
  /** The outcome at `i`, 0 to `length - 1`. @throws RangeError */
  at(i: number): Outcome<Value>
  /** Codes: 0 completed, 1 errored, 2 timedOut, 3 crashed, 4 aborted, 5 skipped. */
  readonly statuses: Uint8Array
  /** Codes: 0 pass, 1 flag, 2 fail, 255 no verdict. */
  readonly verdicts: Uint8Array
  /** ms */
  readonly durations: Float32Array
  /**
   * The record behind the outcome at `i`, as it was read: its text without the line end (text sources), or the item. To be
   * read before the next batch is taken: the memory is used again then.
   *
   * @throws {FanfoldError} `FANFOLD_RUN_CONSUMED` when it comes too late.
   */
  recordAt(i: number): unknown
  /**
   * The item behind the outcome at `i`, parsed again as the verifier got it; `undefined` if it cannot be read. As
   * {@link recordAt}, before the next batch is taken.
   */
  itemAt(i: number): unknown
}

interface Columns extends Omit<OutcomePart, 'tally' | 'unsuccessful' | 'checks' | 'details'> {
  readonly details: OutcomeDetails
  /** Of a chain. */
  readonly checks: BatchChecks | undefined
  /** For outcomes that the main thread made. */
  readonly error: Error | undefined
}

/** A chain, and what is known of its checks in tasks that are not settled. */
export interface ChainOfRun {
  readonly terms: readonly CheckTerms[]
  endedOf(shard: number, position: number): EndedChecks | undefined
}

/** How often each of a batch's tasks was run, so that it counts: `retries` of these because it had failed. */
export interface Executions {
  readonly attempts: number
  readonly retries: number
}

/**
 * A batch with what the merge has to know about it. All its outcomes are of one shard. One that came with lines has no
 * ids and values, and of issues the first reason: its consumer reads the lines, and a report needs no more.
 */
export class OutcomeBatch implements Batch {
  readonly shardId: number
  readonly shard: Shard
  readonly valueBytes: number
  /** The sums over exactly these outcomes, when the thread has counted them. */
  readonly tally: PartTally | undefined
  readonly #columns: Columns
  readonly #executions: Executions

  constructor(
    shardId: number,
    shard: Shard,
    columns: Columns,
    executions: Executions,
    valueBytes: number,
    tally: PartTally | undefined,
  ) {
    this.shardId = shardId
    this.shard = shard
    this.#columns = columns
    this.#executions = executions
    this.valueBytes = valueBytes
    this.tally = tally
  }

  /** What a thread posted. */
  static ofPart(
    shardId: number,
    shard: Shard,
    part: OutcomePart,
    executions: Executions,
    valueBytes: number,
    chain?: ChainOfRun,
  ): OutcomeBatch {
    const details = new OutcomeDetails(part.details)
    const checks =
      chain === undefined || part.checks === undefined ? undefined : new BatchChecks(chain.terms, part.checks, details)
    const columns = { ...part, details, checks, error: undefined }
    return new OutcomeBatch(shardId, shard, columns, executions, valueBytes, part.tally)
  }

  /** Tasks that the coordinator settled itself, all in the same way. */
  static settled(shard: Shard, settled: Omit<Settle, 'type' | 'run'>, chain?: ChainOfRun): OutcomeBatch {
    const { shard: shardId, ranges, attempts, retries, durationMs, error } = settled
    const count = sizeOf(ranges)
    const positions = new Uint32Array(count)
    let at = 0
    for (let i = 0; i < ranges.length; i += 2) for (let p = ranges[i]!; p < ranges[i + 1]!; p++) positions[at++] = p
    const status = STATUSES.indexOf(settled.status)
    const details = new OutcomeDetails(undefined)
    const ended = Array.from(positions, (position) => chain?.endedOf(shardId, position))
    const columns: Columns = {
      positions,
      statuses: new Uint8Array(count).fill(status),
      verdicts: new Uint8Array(count).fill(NO_VERDICT),
      durations: new Float32Array(count).fill(durationMs),
      details,
      checks: chain === undefined ? undefined : BatchChecks.settled(chain.terms, { status, attempts }, ended, details),
      ids: undefined,
      error,
    }
    return new OutcomeBatch(shardId, shard, columns, { attempts, retries }, 0, undefined)
  }

  get length(): number {
    return this.#columns.statuses.length
  }
  /** Whether the positions follow each other without a gap, without looking at each. */
  get isStretch(): boolean {
    return !(this.#columns.positions instanceof Uint32Array)
  }
  /** Further attempts that each of them has had. */
  get retries(): number {
    return this.#executions.retries
  }
  get statuses(): Uint8Array {
    return this.#columns.statuses
  }
  get verdicts(): Uint8Array {
    return this.#columns.verdicts
  }
  get durations(): Float32Array {
    return this.#columns.durations
  }

  positionAt(i: number): number {
    const { positions } = this.#columns
    return positions instanceof Uint32Array ? positions[i]! : positions.from + i
  }

  /** Of a chain: the checks of its outcomes. */
  get checks(): BatchChecks | undefined {
    return this.#columns.checks
  }

  /** The first issue's reason, without making the outcome. */
  reasonAt(i: number): string | undefined {
    const { details, checks } = this.#columns
    const lone = details.loneReason(i)
    if (lone !== undefined) return lone
    const detail = details.detail(i)
    if (checks === undefined) return detail?.issues?.[0]?.reason
    const worst = checks.worst(i)
    return detail?.checks?.find(({ check }) => check === worst)?.issues?.[0]?.reason
  }

  /**
   * Its outcomes as lines: as a thread has made them, or made here, where none has.
   *
   * @param settings - those of the run; what was made once is not made in another way
   */
  lines(settings: LineSettings): PartLines {
    return this.#columns.lines ?? writeLines(this, settings, this.#columns.error !== undefined)
  }

  /** Its completed outcomes, as a thread has folded them; `undefined`: none has, or not these alone. */
  get fold(): PartFold | undefined {
    return this.#columns.fold
  }

  recordAt(i: number): unknown {
    this.#check(i)
    return this.shard.recordAt(this.positionAt(i))
  }

  itemAt(i: number): unknown {
    this.#check(i)
    return this.shard.itemAt(this.positionAt(i))
  }

  at(i: number): Outcome {
    this.#check(i)
    const { statuses, verdicts, durations, ids, waits, error } = this.#columns
    const position = this.positionAt(i)
    const status = statuses[i]!
    const outcome: Record<string, unknown> = { index: this.shard.indexAt(position) }
    const line = this.shard.lineAt(position)
    if (line !== undefined) outcome['line'] = line
    const file = this.shard.file ?? this.shard.fileAt?.(position)
    if (file !== undefined) outcome['file'] = file
    const id = error === undefined ? ids?.[i] : this.shard.idAt(position)
    if (id !== undefined) outcome['id'] = id
    outcome['status'] = STATUSES[status]
    if (status === COMPLETED) outcome['verdict'] = VERDICTS[verdicts[i]!]
    const detail = this.#columns.details.detail(i)
    this.#addDetail(outcome, i, detail)
    if (error !== undefined) outcome['error'] = error
    outcome['attempts'] = this.#addChecks(outcome, i, detail) ?? this.#executions.attempts
    outcome['durationMs'] = durations[i]!
    const waitMs = waitOf(waits, i)
    if (waitMs !== undefined) outcome['waitMs'] = waitMs
    return outcome as unknown as Outcome // built field by field from columns; the shape is that of its status
  }

  /** The same batch with only some of its outcomes. */
  select(ordinals: readonly number[]): OutcomeBatch {
    const { statuses, verdicts, durations, ids, lines, waits, error } = this.#columns
    const details = new OutcomeDetails(this.#columns.details.select(ordinals))
    const columns: Columns = {
      positions: Uint32Array.from(ordinals, (i) => this.positionAt(i)),
      statuses: Uint8Array.from(ordinals, (i) => statuses[i]!),
      verdicts: Uint8Array.from(ordinals, (i) => verdicts[i]!),
      durations: Float32Array.from(ordinals, (i) => durations[i]!),
      details,
      checks: this.#columns.checks?.select(ordinals, details),
      ids: ids === undefined ? undefined : ordinals.map((i) => ids[i]),
      lines: lines === undefined ? undefined : selectLines(lines, ordinals),
      fold: selectFold(this.fold, this, ordinals),
      waits: ordinals.flatMap((i, to) => {
        const waitMs = waitOf(waits, i)
        return waitMs === undefined ? [] : [to, waitMs]
      }),
      error,
    }
    const valueBytes = valueBytesOf({ ...columns, details: details.details })
    return new OutcomeBatch(this.shardId, this.shard, columns, this.#executions, valueBytes, undefined)
  }

  #addDetail(outcome: Record<string, unknown>, i: number, detail: Detail | undefined): void {
    const { details } = this.#columns
    const reason = details.loneReason(i)
    if (reason !== undefined) {
      outcome['reason'] = reason
      if (this.#columns.checks === undefined) outcome['issues'] = [{ reason }]
      return
    }
    const { issues, value, error } = detail ?? {}
    if (issues !== undefined) {
      outcome['reason'] = issues[0]!.reason
      outcome['issues'] = issues
    }
    if (value !== undefined) outcome['value'] = value
    if (error !== undefined) outcome['error'] = decodeError(error)
  }

  /** The task's own reason, or error, is that of the check that ended worst. @returns its executions */
  #addChecks(outcome: Record<string, unknown>, i: number, detail: Detail | undefined): number | undefined {
    const { checks } = this.#columns
    if (checks === undefined) return undefined
    const worst = checks.terms[checks.worst(i)]!.name
    const { outcomes, attempts } = checks.read(i, detail?.checks, outcome['error'] as Error | undefined) // set above, if at all
    const { reason, error } = outcomes[worst]!
    if (reason !== undefined && outcome['status'] === 'completed') outcome['reason'] = reason
    if (error !== undefined) outcome['error'] ??= error
    outcome['checks'] = outcomes
    return attempts
  }

  #check(i: number): void {
    if (!Number.isInteger(i) || i < 0 || i >= this.length) {
      throw new RangeError(`a batch of ${this.length} outcomes has none at ${i}: use 0 to ${this.length - 1}.`)
    }
  }
}
