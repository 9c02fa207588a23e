import { serialize } from 'node:v8'
import type { EncodedError } from '../error-codec.ts'
import type { FanfoldError } from '../fanfold-error.ts'
import { COMPLETED } from '../outcome-columns.ts'
import type { CheckDetail, Detail, PartDetails } from '../outcome-columns.ts'
import type { Verdict } from '../verdict.ts'
import type { ChainOutcome } from './chain/chain-outcome.ts'
import { notCloneable } from './task-errors.ts'

/** The reason of a verdict that has nothing more to say. */
export function loneReason({ issues, value }: Verdict): string | undefined {
  const only = issues[0]
  const isLone = value === undefined && issues.length === 1 && only!.message === undefined && only!.path === undefined
  return isLone ? only!.reason : undefined
}

/** It is a reason, and nothing more. */
function isLone({ issues = [], value, attempts, waitMs }: CheckDetail): boolean {
  if (value !== undefined || attempts !== undefined || waitMs !== undefined || issues.length !== 1) return false
  return issues[0]!.message === undefined && issues[0]!.path === undefined
}

/** The details of a part: reasons by number, all else serialised. */
export class DetailWriter {
  #ordinals: number[] = []
  #reasonIds: number[] = []
  #ends: number[] = []
  #reasons = new Map<string, number>()
  #chunks: Buffer[] = []
  size = 0

  /** Returns the error instead when the value cannot be sent. */
  verdict(ordinal: number, verdict: Verdict): FanfoldError | undefined {
    const { issues, value } = verdict
    if (value === undefined && issues.length === 0) return undefined
    const lone = loneReason(verdict)
    if (lone !== undefined) {
      this.reason(ordinal, lone)
      return undefined
    }
    const detail: Detail = value === undefined ? { issues } : issues.length === 0 ? { value } : { issues, value }
    try {
      this.#push(ordinal, 0, serialize(detail))
      return undefined
    } catch (cause) {
      return notCloneable(cause)
    }
  }

  /** All that is needed of a verdict whose line is written. */
  reason(ordinal: number, reason: string): void {
    this.#push(ordinal, this.#reasonId(reason), undefined)
  }

  error(ordinal: number, error: EncodedError): void {
    const detail: Detail = { error }
    this.#push(ordinal, 0, serialize(detail))
  }

  /**
   * What the checks of a task have to say, all of which can be sent.
   *
   * @param isSaid - in its line: the error, or the reason, of the worst is enough
   * @returns the task's reason
   */
  chained(ordinal: number, { status, worst, details }: ChainOutcome, isSaid: boolean): string | undefined {
    const ofWorst = details.find(({ check }) => check === worst)
    const reason = status === COMPLETED ? ofWorst?.issues?.[0]?.reason : undefined
    if (details.length === 0) return undefined
    if (reason !== undefined && (isSaid || (details.length === 1 && isLone(ofWorst!)))) this.reason(ordinal, reason)
    else if (!isSaid) this.#push(ordinal, 0, serialize({ checks: details } satisfies Detail))
    else if (ofWorst?.error !== undefined)
      this.#push(ordinal, 0, serialize({ checks: [{ check: worst, error: ofWorst.error }] } satisfies Detail))
    return reason
  }

  take(): PartDetails | undefined {
    if (this.#ordinals.length === 0) return undefined
    const bytes = new Uint8Array(this.size)
    let at = 0
    for (const chunk of this.#chunks) {
      bytes.set(chunk, at)
      at += chunk.length
    }
    const details: PartDetails = {
      ordinals: columnOf(this.#ordinals),
      reasonIds: columnOf(this.#reasonIds),
      ends: columnOf(this.#ends),
      reasons: [...this.#reasons.keys()],
      bytes,
    }
    this.#ordinals = []
    this.#reasonIds = []
    this.#ends = []
    this.#reasons.clear()
    this.#chunks = []
    this.size = 0
    return details
  }

  #push(ordinal: number, reasonId: number, serialised: Buffer | undefined): void {
    if (serialised !== undefined) {
      this.#chunks.push(serialised)
      this.size += serialised.length
    }
    this.#ordinals.push(ordinal)
    this.#reasonIds.push(reasonId)
    this.#ends.push(this.size)
  }

  #reasonId(reason: string): number {
    let id = this.#reasons.get(reason)
    if (id === undefined) this.#reasons.set(reason, (id = this.#reasons.size + 1))
    return id
  }
}

/** Not `Uint32Array.from`, which goes through the array's iterator: that is slow, and a verifier may have replaced it. */
export function columnOf(numbers: readonly number[]): Uint32Array<ArrayBuffer> {
  const column = new Uint32Array(numbers.length)
  for (let i = 0; i < numbers.length; i++) column[i] = numbers[i]!
  return column
}
