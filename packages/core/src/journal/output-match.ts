import { FanfoldError } from '../errors.ts'
import type { PlacedFrame } from './format.ts'

import type { JournaledOutput, RewrittenOutput, OutputMark } from '../options/journaled-output.ts'

/** Of a frame, what has to be known to find out up to where journal and output agree. */
export interface FrameOutline {
  /** Where its line ends in the journal. */
  readonly end: number
  readonly mark: OutputMark | undefined
  /** Set when `mark` is of a whole new output. */
  readonly rewritten: RewrittenOutput | undefined
}

export function outlineOf({ frame, end }: PlacedFrame): FrameOutline {
  const mark = frame.frame === 'settled' || frame.frame === 'redriven' ? frame.output : undefined
  return { end, mark, rewritten: frame.frame === 'redriven' ? frame.output : undefined }
}

/** Up to where journal and output agree. */
export interface Agreement {
  /** How many frames to keep; those behind name lines that are not there. */
  readonly frames: number
  /** Where the output's lines of these frames end. */
  readonly offset: number
}

/** A frame that names a stretch of the output. */
interface Stretch {
  /** Position of the frame. */
  readonly at: number
  readonly from: number
  readonly to: number
  readonly crc: number
}

/**
 * Finds the last frame whose stretch of the output is there, looking from the end. What a power cut takes of an output is
 * taken of its end, so frames before that one need not be looked at.
 *
 * If the last rewrite of the output was interrupted between its frame and its rename, the rename is made up for; if the
 * new file is gone, the frame is taken back.
 *
 * @throws {FanfoldError} `FANFOLD_JOURNAL_DIFFERENT` when nothing of the output is there
 */
export async function agreementOf(
  frames: readonly FrameOutline[],
  output: JournaledOutput,
  path: string,
): Promise<Agreement> {
  const { stretches, rewritten } = stretchesOf(frames)
  for (let i = stretches.length - 1; i >= 0; i--) {
    if (await isThere(stretches, i, output)) return upTo(stretches, i, frames.length)
  }
  if (rewritten !== undefined) {
    if (await output.adopt(rewritten)) return upTo(stretches, 0, frames.length)
    if (stretches.length === 1) return agreementOf(frames.slice(0, stretches[0]!.at), output, path)
  }
  if (stretches.length === 0) return { frames: frames.length, offset: 0 }
  const message =
    `the output '${output.path}' is not the one that the journal '${path}' speaks of: what should be in its first ` +
    `${stretches[0]!.to.toLocaleString('en')} bytes is not there. Put it back, or move both away to start anew.`
  throw new FanfoldError('FANFOLD_JOURNAL_DIFFERENT', message)
}

function upTo(stretches: readonly Stretch[], last: number, frames: number): Agreement {
  return { frames: stretches[last + 1]?.at ?? frames, offset: stretches[last]!.to }
}

/** An empty stretch says nothing by itself: the one before it that is not has to be there. */
async function isThere(stretches: readonly Stretch[], last: number, output: JournaledOutput): Promise<boolean> {
  let i = last
  while (i > 0 && stretches[i]!.from === stretches[i]!.to) i--
  const { from, to, crc } = stretches[i]!
  return output.matches(from, to, crc)
}

/** Since the output was last rewritten; the first is then all of the new one. */
function stretchesOf(frames: readonly FrameOutline[]): {
  readonly stretches: readonly Stretch[]
  readonly rewritten: RewrittenOutput | undefined
} {
  let stretches: Stretch[] = []
  let last: RewrittenOutput | undefined
  for (const [at, { mark, rewritten }] of frames.entries()) {
    if (mark === undefined) continue
    if (rewritten !== undefined) {
      last = rewritten
      stretches = []
    }
    stretches.push({ at, from: stretches.at(-1)?.to ?? 0, to: mark.offset, crc: mark.crc })
  }
  return { stretches, rewritten: last }
}
