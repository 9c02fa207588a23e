import { createHash } from 'node:crypto'
import type { FileListIdentity } from '../shard.ts'
import type { Found } from './walk.ts'

/** A difference is told to a 256th of the list, or to the file; and a journal begins with 30 KB at most. */
const MOST_STRETCHES = 256

/**
 * How a list of files is known again. No file is opened: that would cost as much as to verify many of them. As for
 * `make` and `rsync`, one is the same by its name, its size, and when it was modified.
 */
export function identityOfList(list: Iterable<Found>): FileListIdentity {
  let stretches: [name: string, sha256: string][] = []
  let stretch = 1
  let files = 0
  let bytes = 0
  let hash = createHash('sha256')
  let first = ''
  for (const file of list) {
    if (files % stretch === 0) first = file.name
    hash.update(`${file.name}\0${file.size}\0${file.modifiedMs}\0${file.problem ?? ''}\n`)
    files++
    bytes += file.size
    if (files % stretch > 0) continue
    stretches.push([first, hash.digest('hex')])
    hash = createHash('sha256')
    if (stretches.length < MOST_STRETCHES) continue
    stretches = inPairs(stretches)
    stretch *= 2
  }
  if (files % stretch > 0) stretches.push([first, hash.digest('hex')])
  return { files, bytes, stretch, stretches }
}

function inPairs(stretches: readonly (readonly [name: string, sha256: string])[]): [string, string][] {
  const pairs: [string, string][] = []
  for (let at = 0; at < stretches.length; at += 2) {
    const [[name, one], [, other]] = [stretches[at]!, stretches[at + 1]!]
    pairs.push([name, createHash('sha256').update(one).update(other).digest('hex')])
  }
  return pairs
}
