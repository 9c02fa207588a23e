import type { LimitUse } from '../../limit-use.ts'
import type { LimitTerms, ToLimit } from '../../protocol.ts'
import { atTurnsEnd, monotonicMs, startTimer } from '../clock.ts'
import { unknownLimit } from './limit-errors.ts'
import { LimitShare } from './limit-share.ts'

/** What is not urgent is told together, after so long, ms. */
const TELL_AFTER_MS = 10

/** A limit as this thread knows it. */
export interface ThreadLimit {
  readonly terms: LimitTerms
  readonly share: LimitShare
}

/** All limits of the engine, as one thread has a part of each. */
export class ThreadLimits {
  readonly #limits = new Map<string, ThreadLimit>()
  readonly #tell: (limit: string, use: LimitUse) => void

  constructor(tell: (limit: string, use: LimitUse) => void) {
    this.#tell = tell
  }

  handle(message: ToLimit): void {
    if (message.type === 'limit') return this.#change(message.terms)
    const { share } = this.get(message.limit)
    switch (message.type) {
      case 'grant':
        return share.granted(message.permits)
      case 'recall':
        return share.recalled(message.permits)
      case 'refuse':
        return share.refused(message.forMs)
      case 'unlock':
        return share.unlock(message.among)
    }
  }

  /** @throws {FanfoldError} `FANFOLD_LIMIT_UNKNOWN` */
  get(name: string): ThreadLimit {
    const limit = this.#limits.get(name)
    if (limit !== undefined) return limit
    throw unknownLimit(name, [...this.#limits.keys()])
  }

  /** Whoever hears what comes next has heard of all calls that were made before. */
  tellAll(): void {
    for (const [name, { share }] of this.#limits) this.#tellOf(name, share)
  }

  #tellOf(name: string, share: LimitShare): void {
    const use = share.tell()
    if (use !== undefined) this.#tell(name, use)
  }

  #change(terms: LimitTerms): void {
    const { name } = terms
    const share = this.#limits.get(name)?.share ?? this.#newShare(terms)
    share.hasRate = terms.hasRate
    this.#limits.set(name, { terms, share })
  }

  #newShare({ name }: LimitTerms): LimitShare {
    let isSoon = false
    let isAtOnce = false
    const share = new LimitShare({
      nowMs: monotonicMs,
      tellSoon: (isUrgent) => {
        if (isUrgent && !isAtOnce) {
          isAtOnce = true
          atTurnsEnd(() => {
            isAtOnce = false
            this.#tellOf(name, share)
          })
        } else if (!isUrgent && !isSoon) {
          isSoon = true
          startTimer(() => {
            isSoon = false
            share.giveBackIdle()
            this.#tellOf(name, share)
          }, TELL_AFTER_MS)
        }
      },
    })
    return share
  }
}
