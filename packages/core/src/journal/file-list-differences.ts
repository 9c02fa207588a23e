import type { FileListIdentity } from '../sources/shard.ts'

/** What differs between two lists of files, as sentences that go on from a colon: how many there are, and where. */
export function fileListDifferences(journaled: FileListIdentity, asked: FileListIdentity): string[] {
  const place = journaled.stretch === asked.stretch ? firstDifference(journaled, asked) : undefined
  if (journaled.files !== asked.files) {
    const counts = `there were ${count(journaled.files)} files and are ${count(asked.files)}`
    return [place === undefined ? counts : `${counts}, and ${place}`]
  }
  return place === undefined ? [] : [place]
}

function firstDifference(journaled: FileListIdentity, asked: FileListIdentity): string | undefined {
  const { stretch } = journaled
  const longest = Math.max(journaled.stretches.length, asked.stretches.length)
  for (let at = 0; at < longest; at++) {
    const [before, now] = [journaled.stretches[at], asked.stretches[at]]
    if (before?.[1] === now?.[1]) continue
    const place = at * stretch
    // Of a list that was cut short or went on, it is known to the stretch where that begins.
    if (stretch > 1) {
      const last = Math.min(place + stretch, Math.max(journaled.files, asked.files))
      const from = now === undefined ? '' : `, from '${now[0]}' on`
      return `of files ${count(place + 1)} to ${count(last)}${from}, one has changed or is another`
    }
    if (now === undefined) return `'${before![0]}' was file ${count(place + 1)} and is not there now`
    if (before === undefined) return `'${now[0]}' is file ${count(place + 1)} and was not there`
    if (before[0] !== now[0]) return `file ${count(place + 1)} was '${before[0]}' and is '${now[0]}'`
    return `'${now[0]}' has another size or was modified since`
  }
  return undefined
}

function count(files: number): string {
  return files.toLocaleString('en')
}
