import { resolve, sep } from 'node:path'
import picomatch from 'picomatch'

/** A folder or file whose name begins with a dot is meant only where the pattern has that dot, as in a shell. */
const NAMES_HIDDEN = /(^|[/{,(|])\./

/** A pattern such as `data/**\/*.png`, ready to walk along. */
export interface Pattern {
  readonly given: string
  /** The part without special characters: `data`, or empty. */
  readonly base: string
  /** The absolute path of `base`. */
  readonly root: string
  /** Whether the file at this path below `root` (with slashes) is meant. */
  matches(below: string): boolean
  /** Whether files that are meant may be in the folder at this path below `root`. */
  mayHold(below: string): boolean
}

/** Whether a text has characters that mean something else than themselves. */
export function isPattern(given: string): boolean {
  return picomatch.scan(given, { nonegate: true }).isGlob
}

/** @param folder - where one that is not absolute starts */
export function parsePattern(given: string, folder: string): Pattern {
  const scanned = picomatch.scan(given, { nonegate: true })
  const base = sep === '\\' ? scanned.base : scanned.base.replaceAll(/\\(.)/g, '$1')
  return {
    given,
    base,
    root: resolve(folder, base),
    matches: compile(scanned.glob),
    mayHold: holder(scanned.glob),
  }
}

/** A name below a pattern's root, or `undefined` for a path that is not below it. */
export function belowRoot({ root }: Pattern, path: string): string | undefined {
  const start = root.endsWith(sep) ? root : root + sep
  if (!path.startsWith(start)) return undefined
  const below = path.slice(start.length)
  return sep === '/' ? below : below.replaceAll(sep, '/')
}

/** The name of what was found, as it begins in the pattern. */
export function nameBelow({ base }: Pattern, below: string): string {
  if (base === '') return below
  return base.endsWith('/') ? base + below : `${base}/${below}`
}

function compile(glob: string): (below: string) => boolean {
  // As in a shell, `[!a]` is any character but that.
  const matches = picomatch(glob, { nonegate: true, strictSlashes: true, posix: true })
  return (below) => matches(below)
}

/** So that no folder is read in vain: not those beside the pattern, nor hidden ones that it does not name. */
function holder(glob: string): (below: string) => boolean {
  const skipsHidden = !NAMES_HIDDEN.test(glob)
  const segments = glob.split('/')
  // Also within braces: `{a,**}` may be any depth.
  const globstar = segments.findIndex((segment) => segment.includes('**'))
  // A brace that spans segments cannot be taken apart.
  const isPlain = segments.every((segment) => isBalanced(segment))
  const known = isPlain ? (globstar < 0 ? segments.length - 1 : globstar) : 0
  const folders = Array.from({ length: known }, (_, at) => compile(segments.slice(0, at + 1).join('/')))
  const isDeep = globstar >= 0 || !isPlain
  return (below) => {
    const depth = below.split('/').length
    if (skipsHidden && below.startsWith('.', below.lastIndexOf('/') + 1)) return false
    const matches = folders[depth - 1]
    return matches === undefined ? isDeep : matches(below)
  }
}

function isBalanced(segment: string): boolean {
  const count = (bracket: string): number => segment.split(bracket).length
  return count('{') === count('}') && count('(') === count(')') && count('[') === count(']')
}
