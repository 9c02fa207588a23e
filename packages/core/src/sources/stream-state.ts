import { Readable } from 'node:stream'

/**
 * Why a stream that was not opened yet has nothing, or not everything, to give; `undefined` for one that can be read,
 * and for what is no stream. Read all the same, it would be empty, which looks like success.
 */
export function whySpent(input: object): string | undefined {
  if ('locked' in input && input.locked === true) return 'it has a reader already'
  // The error itself says more, and comes when it is read.
  if (isNodeStream(input) && input.errored) return undefined
  if ('readableEnded' in input && input.readableEnded === true) return 'it has been read already'
  // The types know of Node streams only; web streams have been accepted since Node 16.
  if (!isStream(input) || !Readable.isDisturbed(input as Readable)) return undefined
  if (isNodeStream(input) && !input.readableDidRead) return 'it is closed'
  return 'it has been read from already'
}

export function isNodeStream(input: object): input is Readable {
  return 'pipe' in input && 'destroy' in input && typeof input.destroy === 'function'
}

function isStream(input: object): boolean {
  return 'getReader' in input || isNodeStream(input)
}
