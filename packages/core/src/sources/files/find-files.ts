import { resolve } from 'node:path'
import { explain, unreadableText } from '../unreadable-text.ts'
import type { Explanation } from '../unreadable-text.ts'
import { belowRoot, isPattern, parsePattern } from './pattern.ts'
import type { Pattern } from './pattern.ts'
import { found, statsOf, walk } from './walk.ts'
import type { Found, IsExcluded } from './walk.ts'

/** Which files a source has. */
export interface FileChoice {
  /** Absolute: where all that is not absolute starts. */
  readonly folder: string
  /** Paths and patterns. */
  readonly given: readonly string[]
  /** Paths and patterns of what is left out. */
  readonly exclude: readonly string[]
}

/** What was asked for is not there. It becomes an error of ours on the main thread. */
export class Refusal extends Error {}

/**
 * Finds files in the order of what is given, each once, whatever number of patterns match it. Looks at all that is given
 * before the first one is asked for.
 *
 * @throws {Refusal} a path that is no file, or a pattern without one
 */
export function findFiles({ folder, given, exclude }: FileChoice): Generator<Found, void, undefined> {
  const isExcluded = exclusion(folder, exclude)
  const finds = given.map((text) => begin(text, folder, isExcluded, given.length > 1))
  return inTurn(finds, folder)
}

/** What is found by one path or pattern. */
interface Finds {
  /** An absolute path. */
  readonly wanted: string | Pattern
  readonly files: Iterable<Found>
}

function begin(given: string, folder: string, isExcluded: IsExcluded, isOneOfSeveral: boolean): Finds {
  const path = resolve(folder, given)
  const stats = statsOf(path)
  // What is there is taken as it is, whatever characters its name has.
  if (!(stats instanceof Error)) {
    if (stats.isDirectory()) {
      const remedy = `Give the files in it, as '${given.replace(/\/+$/, '')}/**'.${isOneOfSeveral ? ` ${QUOTE}` : ''}`
      throw refusal(given, ['it is a folder', remedy])
    }
    if (!stats.isFile()) throw refusal(given, ['it is a pipe, a socket or a device', 'Give regular files.'])
    return { wanted: path, files: isExcluded(path) ? [] : [found(given, stats)] }
  }
  if (!isPattern(given)) {
    const [problem, remedy] = explain(stats)
    throw refusal(given, [problem, isFolder(folder) ? remedy : `Its folder is not there either: '${folder}'.`])
  }
  const pattern = parsePattern(given, folder)
  const files = walk(pattern, isExcluded)
  const first = files.next()
  if (first.done === true) {
    const why = isFolder(pattern.root)
      ? `Check it, and the folder where it starts: '${folder}'`
      : `There is no folder '${pattern.root}'`
    throw new Refusal(`the pattern '${given}' matches no file. ${why}.`)
  }
  return { wanted: pattern, files: withFirst(first.value, files) }
}

/** What a shell makes of a pattern has folders in it, too. */
const QUOTE = 'If a shell has found it for a pattern, quote the pattern: then folders are passed over.'

function isFolder(path: string): boolean {
  const stats = statsOf(path)
  return !(stats instanceof Error) && stats.isDirectory()
}

function refusal(given: string, why: Explanation): Refusal {
  return new Refusal(unreadableText(given, why))
}

function* withFirst(first: Found, rest: Iterable<Found>): Generator<Found, void, undefined> {
  yield first
  yield* rest
}

/** Of what was found nothing is kept: whether a file was found before is seen by what was looked for before. */
function* inTurn(finds: readonly Finds[], folder: string): Generator<Found, void, undefined> {
  const paths = new Set<string>()
  const patterns: Pattern[] = []
  const wasFound = (path: string): boolean => paths.has(path) || patterns.some((pattern) => isOf(pattern, path))
  for (const { wanted, files } of finds) {
    const isFirst = paths.size === 0 && patterns.length === 0
    for (const file of files) {
      if (isFirst || !wasFound(typeof wanted === 'string' ? wanted : resolve(folder, file.name))) yield file
    }
    if (typeof wanted === 'string') paths.add(wanted)
    else patterns.push(wanted)
  }
}

/** What is meant by the paths and patterns of what is left out. */
export function exclusion(folder: string, exclude: readonly string[]): IsExcluded {
  const paths = new Set(exclude.map((text) => resolve(folder, text)))
  const patterns = exclude.filter(isPattern).map((text) => parsePattern(text, folder))
  if (paths.size === 0) return () => false
  return (path) => paths.has(path) || patterns.some((pattern) => isOf(pattern, path))
}

function isOf(pattern: Pattern, path: string): boolean {
  const below = belowRoot(pattern, path)
  return below !== undefined && pattern.matches(below)
}
