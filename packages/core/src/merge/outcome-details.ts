import { deserialize } from 'node:v8'
import { indexIn } from '@fanfold/workers/protocol'
import type { Detail, PartDetails } from '@fanfold/workers/protocol'

/** What the outcomes of a batch say beyond how they ended, by ordinal; decoded when it is asked for. */
export class OutcomeDetails {
  readonly details: PartDetails | undefined

  constructor(details: PartDetails | undefined) {
    this.details = details
  }

  /** A verdict that has no more to say than its reason. */
  loneReason(ordinal: number): string | undefined {
    const at = this.#at(ordinal)
    const id = at < 0 ? 0 : this.details!.reasonIds[at]!
    return id > 0 ? this.details!.reasons[id - 1] : undefined
  }

  /** All else; `undefined`: nothing. */
  detail(ordinal: number): Detail | undefined {
    const at = this.#at(ordinal)
    if (at < 0 || this.details!.reasonIds[at]! > 0) return undefined
    const { bytes, ends } = this.details!
    // A copy: typed arrays among the values become views of what they are read from, and belong to the consumer.
    return deserialize(bytes.slice(at === 0 ? 0 : ends[at - 1]!, ends[at])) as Detail
  }

  /** Those of some outcomes. */
  select(ordinals: readonly number[]): PartDetails | undefined {
    const { details } = this
    if (details === undefined) return undefined
    const kept = ordinals.map((i, to) => ({ to, at: this.#at(i) })).filter(({ at }) => at >= 0)
    const chunks = kept.map(({ at }) => details.bytes.subarray(at === 0 ? 0 : details.ends[at - 1]!, details.ends[at]))
    let end = 0
    return {
      ordinals: Uint32Array.from(kept, ({ to }) => to),
      reasonIds: Uint32Array.from(kept, ({ at }) => details.reasonIds[at]!),
      reasons: details.reasons,
      ends: Uint32Array.from(chunks, (chunk) => (end += chunk.length)),
      bytes: Buffer.concat(chunks),
    }
  }

  /** Index into the details of the outcome at `i`, or -1. */
  #at(i: number): number {
    return this.details === undefined ? -1 : indexIn(this.details.ordinals, i)
  }
}
