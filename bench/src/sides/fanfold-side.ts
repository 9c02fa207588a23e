import { Engine } from '@fanfold/core'
import type { EngineOptions, Run, RunOptions, SourceInput } from '@fanfold/core'
import type { CaseOptions, RunResult, Side } from '../bench-case.ts'

export interface FanfoldPlan<Item> {
  readonly name: string
  readonly verifier: URL
  readonly config?: (options: CaseOptions) => unknown
  /** Makes what is read, before the clock, and returns how a run gets at it. */
  readonly source: (options: CaseOptions) => Promise<() => SourceInput<Item>> | (() => SourceInput<Item>)
  readonly threads?: (threads: number) => number
  readonly limits?: NonNullable<EngineOptions['limits']>
  readonly options?: RunOptions
  /** What the consumer does with the outcomes; by default it only awaits the report. */
  readonly consume?: (run: Run) => Promise<RunResult>
}

/** A warm engine with the verifier loaded, whose run is what the clock covers. */
export function fanfoldSide<Item>(plan: FanfoldPlan<Item>): Side {
  const { name, verifier, consume = awaitReport } = plan
  return {
    name,
    async setup(options) {
      const makeSource = await plan.source(options)
      const threads = plan.threads?.(options.threads) ?? options.threads
      const engine = new Engine({ threads, limits: plan.limits ?? {} })
      const loaded = engine.load<Item>(verifier, { config: plan.config?.(options) ?? {} })
      await loaded.ready
      return {
        tasks: options.tasks,
        run: () => consume(loaded.run(makeSource(), plan.options)),
        close: async () => void (await engine.close()),
      }
    },
  }
}

export async function awaitReport(run: Run): Promise<RunResult> {
  const { verdicts } = await run.report()
  return { pass: verdicts.pass, fail: verdicts.fail }
}

/** Looks at each verdict, in the columns that batches come in. */
export async function readBatches(run: Run): Promise<RunResult> {
  let tasks = 0
  let fail = 0
  for await (const { length, statuses, verdicts } of run.batches()) {
    tasks += length
    for (let i = 0; i < length; i++) if (statuses[i] !== COMPLETED || verdicts[i] !== PASS) fail++
  }
  return { pass: tasks - fail, fail }
}

/** Looks at each outcome by itself. */
export async function readEach(run: Run): Promise<RunResult> {
  let pass = 0
  let fail = 0
  for await (const outcome of run) {
    if (outcome.status === 'completed' && outcome.verdict === 'pass') pass++
    else fail++
  }
  return { pass, fail }
}

// Codes of a batch's columns.
const COMPLETED = 0
const PASS = 0
