import { damaged } from './format.ts'
import type { EndedFrame, FirstError, Frame, HeaderFrame, JournalIdentity, SettledFrame } from './frames.ts'
import { IndexRanges, sizeOf } from './index-ranges.ts'
import { RunningSums } from './sums.ts'
import type { Totals } from './sums.ts'

/** What the frames of a journal come to. */
export interface JournalState {
  /** What the journal is of, as the last redrive has left it. */
  readonly identity: JournalIdentity
  /** Whatever is not to be run again. */
  readonly settled: IndexRanges
  /** Those of the settled that a redrive runs again. */
  readonly unsuccessful: IndexRanges
  /** Of all that is settled. */
  readonly totals: Totals
  /** What a redrive starts from: without the unsuccessful. */
  readonly completedTotals: Totals
  /** Set when the last thing that happened is that the run ended. */
  readonly ended: EndedFrame | undefined
}

/** Plays the frames of a journal, one by one, the header first. */
export class Replay {
  readonly #path: string
  #identity: JournalIdentity | undefined
  #ended: EndedFrame | undefined
  readonly #played: Played

  /** @param path - of the journal, for messages */
  constructor(path: string) {
    this.#path = path
    this.#played = new Played(path)
  }

  /** @param line - of the frame in the file @throws {FanfoldError} `FANFOLD_JOURNAL_DAMAGED` */
  play(frame: Frame, line: number): void {
    this.#ended = undefined
    switch (frame.frame) {
      case 'header':
        if (this.#identity !== undefined) throw damaged(this.#path, line, 'it is a second header')
        this.#identity = identityOf(frame)
        break
      case 'settled':
        this.#played.settle(frame, line)
        break
      case 'redriven':
        this.#played.redrive()
        this.#identity = { ...this.#identity!, verifier: frame.verifier, config: frame.config }
        break
      case 'resumed':
        break
      case 'ended':
        this.#ended = frame
        break
    }
  }

  /** What it comes to; `undefined` when not even the header was played. To be asked once, at the end. */
  state(): JournalState | undefined {
    if (this.#identity === undefined) return undefined
    return { identity: this.#identity, ended: this.#ended, ...this.#played.result() }
  }
}

function identityOf(header: HeaderFrame): JournalIdentity {
  const { frame: _frame, version: _version, createdAt: _createdAt, ...identity } = header
  return identity
}

/** Whether nothing is left to do for a run of so many tasks (`undefined`: all). */
export function isComplete(ended: EndedFrame | undefined, limit: number | undefined): ended is EndedFrame {
  if (ended === undefined || !ended.isWhole) return false
  return ended.sourceExhausted || (limit !== undefined && ended.limit === limit)
}

/** Gathers what settled frames say. What is unsuccessful is kept as ranges and sums too: it may be all there is. */
class Played {
  readonly #path: string
  readonly #settled = new IndexRanges()
  #added = 0
  readonly #completed = new RunningSums()
  #unsuccessful = new IndexRanges()
  #failed = new RunningSums()
  #errors: FirstError[] = []

  constructor(path: string) {
    this.#path = path
  }

  settle({ ranges, sums, unsuccessful, errors = [] }: SettledFrame, line: number): void {
    const tasks = sizeOf(ranges)
    const counted = sums.verdicts.reduce((sum, count) => sum + count, unsuccessful.length)
    if (counted !== tasks) throw damaged(this.#path, line, `it settles ${tasks} tasks and counts ${counted}`)
    this.#settled.addAll(ranges)
    this.#added += tasks
    this.#completed.addSums(sums)
    for (const entry of unsuccessful) {
      this.#unsuccessful.add(entry[0], entry[0] + 1)
      this.#failed.addUnsuccessful(entry)
    }
    this.#errors.push(...errors)
  }

  redrive(): void {
    this.#check()
    this.#settled.deleteAll(this.#unsuccessful)
    this.#added = this.#settled.size
    this.#unsuccessful = new IndexRanges()
    this.#failed = new RunningSums()
    this.#errors = []
  }

  result(): Pick<JournalState, 'settled' | 'unsuccessful' | 'totals' | 'completedTotals'> {
    this.#check()
    const completedTotals = this.#completed.toTotals([])
    this.#completed.add(this.#failed)
    return {
      settled: this.#settled,
      unsuccessful: this.#unsuccessful,
      totals: this.#completed.toTotals(this.#errors),
      completedTotals,
    }
  }

  /** Two writers would have settled the same tasks. */
  #check(): void {
    if (this.#settled.size === this.#added) return
    const twice = this.#added - this.#settled.size
    const message = `${twice} tasks are settled twice in it; two processes may have written it, with the lock removed by hand between`
    throw damaged(this.#path, undefined, message)
  }
}
