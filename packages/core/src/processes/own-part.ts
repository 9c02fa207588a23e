import type { OutcomePart, PartDetails } from '@fanfold/workers/protocol'

/**
 * The part with memory of its own. What a channel delivers are views of what was read from it, several messages in one
 * buffer: a small part that is held would hold all of that, and a consumer who moves a column would take its neighbours.
 */
export function ownPart(part: OutcomePart): OutcomePart {
  const { positions, details, lines, checks, fold } = part
  return {
    ...part,
    positions: positions instanceof Uint32Array ? positions.slice() : positions,
    statuses: part.statuses.slice(),
    verdicts: part.verdicts.slice(),
    durations: part.durations.slice(),
    details: details === undefined ? undefined : ownDetails(details),
    checks:
      checks === undefined
        ? undefined
        : {
            perTask: checks.perTask,
            ordinals: checks.ordinals.slice(),
            codes: checks.codes.slice(),
            durations: checks.durations.slice(),
            ofPasses: checks.ofPasses.slice(),
          },
    lines: lines === undefined ? undefined : { bytes: ownBytes(lines.bytes), ends: lines.ends.slice() },
    fold: fold === undefined || 'error' in fold ? fold : { ...fold, bytes: ownBytes(fold.bytes) },
  }
}

function ownDetails(details: PartDetails): PartDetails {
  return {
    ordinals: details.ordinals.slice(),
    reasonIds: details.reasonIds.slice(),
    reasons: details.reasons,
    ends: details.ends.slice(),
    bytes: ownBytes(details.bytes),
  }
}

/** A Buffer's own slice() does not copy. */
function ownBytes(bytes: Uint8Array): Uint8Array {
  return Uint8Array.prototype.slice.call(bytes)
}
