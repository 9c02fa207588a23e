import { FanfoldError } from '../errors.ts'
import type { InputIdentity } from '../sources/shard.ts'
import { fileListDifferences } from './file-list-differences.ts'
import type { JournalIdentity, JournaledSource } from './frames.ts'

/** What differs between two starts of a run, each as a sentence that goes on from a colon. */
interface Differences {
  readonly source: readonly string[]
  readonly verifier: readonly string[]
  readonly settings: readonly string[]
}

/**
 * Refuses to go on with the journal of another run.
 *
 * @param isRedrive - the verifier and its configuration may differ
 * @throws {FanfoldError} `FANFOLD_JOURNAL_DIFFERENT`
 */
export function refuseDifferences(
  path: string,
  journaled: JournalIdentity,
  asked: JournalIdentity,
  isRedrive: boolean,
): void {
  const { source, verifier, settings } = differencesOf(journaled, asked)
  const refused = [...source, ...settings, ...(isRedrive ? [] : verifier)]
  if (refused.length === 0) return
  const isVerifierOnly = refused.length === verifier.length && !isRedrive
  const remedy = isVerifierOnly
    ? 'Redrive, to run what was unsuccessful with the new one, or give another journal.'
    : 'Go back to what it was begun with, or give another journal.'
  const message = `the journal '${path}' is of another run: ${refused.join('; ')}. ${remedy}`
  throw new FanfoldError('FANFOLD_JOURNAL_DIFFERENT', message)
}

function differencesOf(journaled: JournalIdentity, asked: JournalIdentity): Differences {
  return {
    source: sourceDifferences(journaled.source, asked.source),
    verifier: [
      ...(journaled.verifier.sha256 === asked.verifier.sha256
        ? []
        : [`the verifier '${asked.verifier.url}' has changed (it was '${journaled.verifier.url}')`]),
      ...(journaled.config === asked.config ? [] : ["the verifier's configuration has changed"]),
    ],
    settings: [
      ...(journaled.order === asked.order ? [] : [`the order was '${journaled.order}' and is '${asked.order}'`]),
      ...recordDifferences('the output', journaled.output, asked.output),
    ],
  }
}

function sourceDifferences(journaled: JournaledSource, asked: JournaledSource): string[] {
  const reading = recordDifferences('the source', journaled.reading, asked.reading)
  if (journaled.id !== undefined || asked.id !== undefined) {
    const names = [journaled, asked].map(({ id }) => (id === undefined ? 'not given' : `'${id}'`))
    return names[0] === names[1] ? reading : [...reading, `the source id was ${names[0]} and is ${names[1]}`]
  }
  if (journaled.files !== undefined && asked.files !== undefined)
    return [...reading, ...fileListDifferences(journaled.files, asked.files)]
  return [...reading, ...inputDifferences(journaled.inputs ?? [], asked.inputs ?? [])]
}

function inputDifferences(journaled: readonly InputIdentity[], asked: readonly InputIdentity[]): string[] {
  if (journaled.length !== asked.length) return [`there were ${journaled.length} inputs and are ${asked.length}`]
  return journaled.flatMap((before, i) => {
    const now = asked[i]!
    const name = `input ${i + 1} '${now.name}'`
    if (before.bytes !== now.bytes) {
      return [`${name} had ${before.bytes.toLocaleString('en')} bytes and has ${now.bytes.toLocaleString('en')}`]
    }
    if (before.head !== now.head) return [`${name} begins differently`]
    return before.tail === now.tail ? [] : [`${name} ends differently`]
  })
}

function recordDifferences(
  what: string,
  journaled: Readonly<Record<string, string>> | undefined,
  asked: Readonly<Record<string, string>> | undefined,
): string[] {
  if (journaled === undefined && asked === undefined) return []
  if (journaled === undefined) return [`${what} was not there and is given now`]
  if (asked === undefined) return [`${what} was given and is not there now`]
  const names = [...new Set([...Object.keys(journaled), ...Object.keys(asked)])]
  return names
    .filter((name) => journaled[name] !== asked[name])
    .map((name) => {
      const [before, now] = [journaled[name], asked[name]].map((value) =>
        value === undefined ? 'not set' : `'${value}'`,
      )
      return `${what}'s ${name} was ${before} and is ${now}`
    })
}
