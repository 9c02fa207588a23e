import { accumulatorsOf, decodeError, COMPLETED, withoutStop } from '@fanfold/workers/protocol'
import type { FoldSettings, PartAccumulators, ShardPayload, UnfoldedTasks } from '@fanfold/workers/protocol'
import { FanfoldError } from '../errors.ts'
import { inOrder } from '../merge/batch-fold.ts'
import type { OutcomeBatch } from '../merge/batch.ts'
import type { ResolvedReduction } from '../options/reduce-options.ts'
import type { CompletedOutcome } from '../outcome.ts'
import { ReduceError, errorOf } from '../report/run-error.ts'
import type { Report } from '../report/report.ts'
import type { ActiveRun } from './active-run.ts'

/** What `run.reduce()` resolves to. */
export interface Reduced<Accumulator = unknown> {
  /** What the completed tasks come to. */
  readonly value: Accumulator
  readonly report: Report
}

/** Combines what the threads have folded, and folds what they have not, in a thread of its own. */
export interface ReducingThread {
  /** Why nothing more is done. */
  readonly failure: Error | undefined
  combine(accumulators: PartAccumulators): Promise<void>
  /** @throws when it cannot be cloned */
  fold(unfolded: UnfoldedTasks): Promise<void>
  result(): Promise<unknown>
  fail(error: Error): void
  end(): Promise<void>
}

let lastId = 0

export function foldSettings({ url, config, startTimeoutMs }: ResolvedReduction, isInOrder: boolean): FoldSettings {
  return { id: ++lastId, url, config, startTimeoutMs, isInOrder }
}

/**
 * Takes a run's outcomes to its reducer, and what comes of them from there. What a thread has folded counts if exactly
 * these outcomes do; else they are folded anew.
 *
 * @param reportOf - the run's report, when it has ended
 */
export async function reduceRun(
  run: ActiveRun,
  thread: ReducingThread,
  reportOf: () => Promise<Report>,
): Promise<Reduced> {
  try {
    await takeAll(run, thread)
    const report = await reportOf()
    const partial = errorOf(report, [])
    // Closed with its engine: the run tells it better.
    const value = partial !== undefined && isClosed(thread.failure) ? undefined : await thread.result()
    if (partial !== undefined) throw new ReduceError(partial, value)
    return { value, report }
  } finally {
    await thread.end()
  }
}

async function takeAll(run: ActiveRun, thread: ReducingThread): Promise<void> {
  for (;;) {
    let batch: OutcomeBatch | undefined
    try {
      batch = await run.next()
    } catch {
      return // the report tells: it rejects when the run could not start, and says why it failed
    }
    if (batch === undefined) return
    await take(batch, thread)
  }
}

async function take(batch: OutcomeBatch, thread: ReducingThread): Promise<void> {
  const { fold } = batch
  if (thread.failure !== undefined) return
  if (fold !== undefined && 'error' in fold) return thread.fail(decodeError(fold.error))
  const accumulators = accumulatorsOf(fold)
  if (accumulators !== undefined) return thread.combine(inOrder(accumulators))
  const ordinals = ordinalsOf(batch)
  if (ordinals.length === 0) return
  try {
    await thread.fold(unfolded(batch, ordinals))
  } catch (cause) {
    const why = withoutStop(cause instanceof Error ? cause.message : String(cause))
    const message = `items of the run cannot be sent to its reducer: ${why}. They were changed since they were verified.`
    thread.fail(new FanfoldError('FANFOLD_NOT_CLONEABLE', message, { cause }))
  }
}

/** Of its completed outcomes, in the order of their positions. */
function ordinalsOf(batch: OutcomeBatch): number[] {
  const ordinals: number[] = []
  for (let i = 0; i < batch.length; i++) if (batch.statuses[i] === COMPLETED) ordinals.push(i)
  return ordinals.sort((a, b) => batch.positionAt(a) - batch.positionAt(b))
}

function unfolded(batch: OutcomeBatch, ordinals: readonly number[]): UnfoldedTasks {
  const positions = ordinals.map((i) => batch.positionAt(i))
  const from = positions[0]!
  const { payload } = batch.shard.payload(from, positions.at(-1)! + 1)
  const tasks = ordinals.map((i) => {
    // Asked for by its status.
    const { index, line, file, id, verdict, reason, issues = [], value, checks } = batch.at(i) as CompletedOutcome
    return { index, line, file, id, verdict, reason, issues, value, checks }
  })
  if (payload.kind !== 'items')
    return { tasks, records: ownMemory(payload), ordinals: positions.map((position) => position - from) }
  // Between them may be some that cannot be sent.
  const items = positions.map((position) => payload.items[position - from])
  return { tasks, records: { ...payload, items }, ordinals: positions.map((_, i) => i) }
}

/** A view takes all that it is a view of along, unless that is shared. */
function ownMemory<Payload extends ShardPayload>(payload: Payload): Payload {
  if (!('bytes' in payload) || payload.bytes.buffer instanceof SharedArrayBuffer) return payload
  return { ...payload, bytes: payload.bytes.slice() }
}

function isClosed(error: Error | undefined): boolean {
  return error instanceof FanfoldError && error.code === 'FANFOLD_ENGINE_CLOSED'
}

/** What an earlier run has settled is counted in its journal, and not folded. */
export function journaled(): FanfoldError {
  return new FanfoldError(
    'FANFOLD_REDUCE_JOURNALED',
    'a run with a journal cannot be reduced: what is folded is not in the journal, so a run that is resumed would lose it. Leave the journal out, or fold the outcomes as you take them.',
  )
}
