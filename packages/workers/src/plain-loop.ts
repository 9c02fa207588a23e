import { FanfoldError } from './fanfold-error.ts'
import { loadVerifier } from './thread/verifier-loader.ts'
import type { LoadedVerifier } from './thread/loaded-verifier.ts'
import type { ShardPayload } from './protocol.ts'
import { HostCalls } from './thread/host/host-calls.ts'
import { ThreadLimits } from './thread/limits/thread-limits.ts'
import { readRecords } from './thread/read-records.ts'
import type { Records } from './thread/record-list.ts'
import { TaskContext } from './thread/task-context.ts'
import { pathOf } from './thread/import-default.ts'
import { toVerdict } from './verdict.ts'

/** What a plain loop has found so far. */
export interface PlainCounts {
  tasks: number
  pass: number
  flag: number
  fail: number
  /** The record could not be read, the verifier threw, or its answer was no verdict. */
  unsuccessful: number
  /** Tasks for which the verifier returned a promise. */
  promised: number
}

/**
 * One loop over records in the calling thread, as somebody would write it who has never heard of Fanfold: parse, verify,
 * count. No timeouts, no account, no isolation: what these and the threads cost is found by comparing with it.
 */
export class PlainLoop {
  readonly counts: PlainCounts = { tasks: 0, pass: 0, flag: 0, fail: 0, unsuccessful: 0, promised: 0 }
  readonly #verifier: LoadedVerifier
  readonly #concurrency: number
  #running = 0
  #wake: (() => void) | undefined
  /** None: a loop by itself knows no engine. */
  readonly #limits = new ThreadLimits(() => {})

  /** @throws {FanfoldError} as loading a verifier in a thread does; `FANFOLD_BAD_OPTION` for a chain */
  static async open(url: string, config: unknown, concurrency: number, startTimeoutMs: number): Promise<PlainLoop> {
    const verifier = await loadVerifier(
      { type: 'load', verifier: 0, url, config, startTimeoutMs, concurrency, hostFunctions: [], modules: undefined },
      new HostCalls(() => {}),
    )
    if (verifier.chain !== undefined) {
      await verifier.teardown()
      throw new FanfoldError(
        'FANFOLD_BAD_OPTION',
        `${pathOf(url)} exports a chain, and an estimate compares with a plain loop over one verifier. fanfold plan foretells a chain.`,
      )
    }
    return new PlainLoop(verifier, concurrency)
  }

  private constructor(verifier: LoadedVerifier, concurrency: number) {
    this.#verifier = verifier
    this.#concurrency = concurrency
  }

  /** Verifies all records of the payload; a verifier that returns promises has up to `concurrency` of them at once. */
  async run(payload: ShardPayload): Promise<void> {
    const records = readRecords(payload)
    const { state, config, host } = this.#verifier
    const file = payload.kind === 'text' ? payload.file : undefined
    const shard = {
      state,
      config,
      attempt: 1,
      file,
      limits: this.#limits,
      host,
      hasAsked: false,
      prefetched: undefined,
    }
    for (let ordinal = 0; ordinal < records.count; ordinal++) {
      const context = new TaskContext(shard, records.index(ordinal), records.line(ordinal))
      const promise = this.#verify(records, ordinal, context)
      if (promise === undefined) continue
      this.#running += 1
      void promise.then(() => {
        this.#running -= 1
        this.#wake?.()
      })
      while (this.#running >= this.#concurrency) await this.#ended()
    }
  }

  /** Waits for what still runs, and tears the verifier down. */
  async close(): Promise<void> {
    while (this.#running > 0) await this.#ended()
    await this.#verifier.teardown()
  }

  #verify(records: Records, ordinal: number, context: TaskContext): Promise<void> | undefined {
    this.counts.tasks += 1
    try {
      const answer = this.#verifier.verify(records.item(ordinal), context)
      if (!isThenable(answer)) {
        this.#count(answer)
        return undefined
      }
      this.counts.promised += 1
      return Promise.resolve(answer).then(
        (value) => this.#count(value),
        () => this.#countUnsuccessful(),
      )
    } catch {
      this.#countUnsuccessful()
      return undefined
    }
  }

  #count(answer: unknown): void {
    const verdict = toVerdict(answer)
    if (verdict === undefined) this.#countUnsuccessful()
    else this.counts[verdict.verdict] += 1
  }

  #countUnsuccessful(): void {
    this.counts.unsuccessful += 1
  }

  #ended(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve
    })
  }
}

function isThenable(answer: unknown): answer is PromiseLike<unknown> {
  return typeof answer === 'object' && answer !== null && 'then' in answer && typeof answer.then === 'function'
}
