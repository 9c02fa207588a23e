import { readdirSync, statSync } from 'node:fs'
import type { Dirent, Stats } from 'node:fs'
import { sep } from 'node:path'
import { nameBelow } from './pattern.ts'
import type { Pattern } from './pattern.ts'

/** A file that was found, or what takes its place. */
export interface Found {
  /** As it is meant to be shown: it begins as the pattern, or the path, that it was found by. */
  readonly name: string
  /** Bytes; 0 where that is not known. */
  readonly size: number
  /** When it was modified, ms since 1970. */
  readonly modifiedMs: number
  /** Why it cannot be verified, as the end of a sentence; its task is `errored`. */
  readonly problem: string | undefined
}

/** Whether the file or folder at this absolute path is left out. */
export type IsExcluded = (path: string) => boolean

/**
 * Finds the files of a pattern, folder by folder and in each by name, so that the order is the same each time and no
 * more than the folders on the way are held.
 *
 * Symbolic links are followed, but not one that leads to a folder in which it lies. Only in a thread of its own: calls
 * that block cost a third of those that do not.
 */
export function* walk(pattern: Pattern, isExcluded: IsExcluded): Generator<Found, void, undefined> {
  yield* inFolder({ pattern, isExcluded, ancestors: [] }, pattern.root, '')
}

interface Walk {
  readonly pattern: Pattern
  readonly isExcluded: IsExcluded
  /** The folders on the way, by device and number. */
  readonly ancestors: string[]
}

function* inFolder(way: Walk, path: string, below: string): Generator<Found, void, undefined> {
  const name = nameBelow(way.pattern, below)
  let entries: Dirent[]
  let id: string
  try {
    const { dev, ino } = statSync(path)
    id = `${dev}:${ino}`
    if (way.ancestors.includes(id)) return
    entries = readdirSync(path, { withFileTypes: true })
  } catch (error) {
    // One that is not there has no files. Of all others the files would be missing from the account.
    if (!isGone(error)) yield unreadable(name, `the folder cannot be read: ${reasonOf(error)}`)
    return
  }
  way.ancestors.push(id)
  entries.sort((a, b) => (a.name < b.name ? -1 : 1))
  // Not `join`, which looks at each character.
  const start = path.endsWith(sep) ? path : path + sep
  for (const entry of entries) {
    const at = below === '' ? entry.name : `${below}/${entry.name}`
    const next = atEntry(way, entry, start + entry.name, at)
    if (next === 'folder') yield* inFolder(way, start + entry.name, at)
    else if (next !== undefined) yield next
  }
  way.ancestors.pop()
}

function atEntry(way: Walk, entry: Dirent, path: string, below: string): Found | 'folder' | undefined {
  const { pattern, isExcluded } = way
  const mayHold = !isNoFolder(entry) && pattern.mayHold(below)
  const isWanted = !entry.isDirectory() && pattern.matches(below)
  if ((!isWanted && !mayHold) || isExcluded(path)) return undefined
  if (entry.isDirectory()) return 'folder'
  const stats = statsOf(path)
  if (!(stats instanceof Error) && stats.isDirectory()) return mayHold ? 'folder' : undefined
  return isWanted ? found(nameBelow(pattern, below), stats) : undefined
}

/** Not a link, whose target may be a folder; and some file systems do not tell. */
function isNoFolder(entry: Dirent): boolean {
  return entry.isFile() || entry.isFIFO() || entry.isSocket() || entry.isCharacterDevice() || entry.isBlockDevice()
}

/** What is at a path, or why nobody can say. */
export function statsOf(path: string): Stats | Error {
  try {
    return statSync(path)
  } catch (error) {
    return error as Error // from the file system
  }
}

/** What has been found by this name. */
export function found(name: string, stats: Stats | Error): Found {
  if (stats instanceof Error) {
    // Its bytes are no text, so the name is not the one that it has.
    const problem = name.includes('\uFFFD') && isGone(stats) ? 'its name is not UTF-8' : reasonOf(stats)
    return unreadable(name, problem)
  }
  if (!stats.isFile()) return unreadable(name, 'it is a pipe, a socket or a device, not a file')
  return { name, size: stats.size, modifiedMs: stats.mtimeMs, problem: undefined }
}

function unreadable(name: string, problem: string): Found {
  return { name, size: 0, modifiedMs: 0, problem }
}

function isGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return 'there is no such file, or it is a link to one that is not there'
    case 'EACCES':
    case 'EPERM':
      return 'this user may not read it'
    case 'ELOOP':
      return 'it is a link to itself'
    default:
      return error instanceof Error ? error.message : String(error)
  }
}
