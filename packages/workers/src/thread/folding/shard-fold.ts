import type { CheckTerms } from '../../chain-terms.ts'
import { checkOutcomes } from '../../check-outcomes.ts'
import type { CheckOutcome } from '../../check-outcomes.ts'
import { decodeError, encodeError } from '../../error-codec.ts'
import { COMPLETED } from '../../outcome-columns.ts'
import type { PartFold } from '../../outcome-columns.ts'
import type { RunShard } from '../../protocol.ts'
import type { FoldedTask } from '../../reducer.ts'
import { VERDICTS } from '../../verdict.ts'
import type { Verdict } from '../../verdict.ts'
import type { ChainOutcome } from '../chain/chain-outcome.ts'
import { nameTask } from '../console-to-stderr.ts'
import type { FoldedItems } from './folded-items.ts'
import type { LoadedReducer } from './loaded-reducer.ts'
import { Stretches } from './stretches.ts'
import type { Stretch } from './stretches.ts'

/**
 * Folds one shard's completed tasks as they end, in their attempts' own time: a `step` that hangs, or takes the thread
 * down, is found as a verifier would be. What was folded goes with the part that has its outcomes, so it counts if they do.
 */
export class ShardFold {
  readonly #reducer: LoadedReducer
  readonly #items: FoldedItems
  readonly #base: number
  readonly #terms: readonly CheckTerms[] | undefined
  readonly #file: string | undefined
  /** In the order of the input, each stretch by itself; else all in one. */
  readonly #stretches: Stretches | undefined
  #all: Pick<Stretch, 'accumulator'> | undefined
  #failure: PartFold | undefined

  /** @param terms - of the chain, if its verifier is one */
  constructor(
    reducer: LoadedReducer,
    items: FoldedItems,
    { base, payload, fold }: RunShard,
    terms: readonly CheckTerms[] | undefined,
  ) {
    this.#terms = terms
    this.#reducer = reducer
    this.#items = items
    this.#base = base
    this.#file = payload.kind === 'text' ? payload.file : undefined
    this.#stretches = fold?.isInOrder === true ? new Stretches() : undefined
  }

  completed(position: number, { verdict, issues, value }: Verdict, id: unknown): void {
    this.#fold(position, { id, verdict, reason: issues[0]?.reason, issues, value, checks: undefined })
  }

  /** A task of a chain has ended. */
  chained(position: number, outcome: ChainOutcome, id: unknown): void {
    const { status, verdict, worst, codes, durations, details, failed } = outcome
    if (status !== COMPLETED || failed.length > 0) return this.dropped(position)
    const task = { terms: this.#terms!, codes, durations, from: 0, details, error: undefined, decode: decodeError }
    const checks: Record<string, CheckOutcome> = {}
    for (const [name, check] of checkOutcomes(task)) checks[name] = check
    const { reason } = checks[this.#terms![worst]!.name]!
    this.#fold(position, { id, verdict: VERDICTS[verdict]!, reason, issues: [], value: undefined, checks })
  }

  #fold(position: number, answer: Omit<FoldedTask, 'index' | 'line' | 'file' | 'item'>): void {
    const ordinal = position - this.#base
    const items = this.#items
    const item = items.take(ordinal)
    if (this.#failure !== undefined) return
    const index = items.index(ordinal)
    nameTask(index)
    try {
      const accumulated = this.#before(position)
      accumulated.accumulator = this.#reducer.step(accumulated.accumulator, {
        index,
        line: items.line(ordinal),
        file: this.#file ?? items.file?.(ordinal),
        item,
        ...answer,
      })
      this.#stretches?.grow(accumulated as Stretch, (left, right) => this.#reducer.combine(left, right)) // one of them
    } catch (error) {
      this.#failure = { error: encodeError(error) }
    } finally {
      nameTask(undefined)
    }
  }

  /** The task has ended without a verdict. */
  dropped(position: number): void {
    this.#items.take(position - this.#base)
  }

  /** What was folded since the last call; `undefined`: nothing. */
  take(): PartFold | undefined {
    const stretches = this.#stretches?.take()
    const accumulators = stretches ?? (this.#all === undefined ? [] : [this.#all])
    this.#all = undefined
    if (this.#failure === undefined && accumulators.length > 0) {
      try {
        return this.#serialised(accumulators, stretches ?? [])
      } catch (error) {
        this.#failure = { error: encodeError(error) }
      }
    }
    return this.#failure
  }

  #before(position: number): Pick<Stretch, 'accumulator'> {
    const init = (): unknown => this.#reducer.init()
    return this.#stretches?.before(position, init) ?? (this.#all ??= { accumulator: init() })
  }

  #serialised(accumulators: readonly Pick<Stretch, 'accumulator'>[], stretches: readonly Stretch[]): PartFold {
    const positions: number[] = []
    for (let i = 0; i < stretches.length; i++) {
      positions[2 * i] = stretches[i]!.from
      positions[2 * i + 1] = stretches[i]!.to
    }
    const written: Uint8Array[] = []
    const ends: number[] = []
    let end = 0
    for (let i = 0; i < accumulators.length; i++) {
      const bytes = this.#reducer.serialise(accumulators[i]!.accumulator)
      written[i] = bytes
      ends[i] = end += bytes.length
    }
    const bytes = new Uint8Array(end)
    for (let i = 0; i < written.length; i++) bytes.set(written[i]!, i === 0 ? 0 : ends[i - 1])
    return { stretches: positions, ends, bytes }
  }
}
