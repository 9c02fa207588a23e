import type { Stats } from 'node:fs'
import { stat } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { JournaledOutput } from '@fanfold/core'
import type { Output } from '../output/chunked-output.ts'
import { JournaledFile, redriveCopyOf } from '../output/journaled-file.ts'
import { checkWritable, fileOutput, openFile, stdoutOutput } from '../output/output.ts'
import { badUsage } from '../problem.ts'
import type { VerifyOptions } from '../options/verify-options.ts'

/** What a run writes to, opened. */
export interface Targets {
  readonly out: Output | undefined
  /** The same, when a journal is to name what is in it. */
  readonly journaled: JournaledOutput | undefined
  readonly summary: FileHandle | undefined
}

/**
 * Refuses to write over what is read. Without this, a slip of the hand would empty the input.
 *
 * @param read - paths of everything that the run reads
 * @throws {FanfoldError} `FANFOLD_BAD_OPTION`
 */
export async function checkTargets(options: VerifyOptions, read: readonly string[]): Promise<void> {
  const { out, summary, only, journal } = options
  if (summary === '-') throw badUsage('--summary needs a file: stdout is for --out -. Give a path.')
  if (only !== undefined && out === undefined) throw badUsage('--only chooses what --out writes. Add --out FILE.')
  if (journal !== undefined) await checkJournal(options, journal)
  const written = Object.entries({ '--out': out, '--summary': summary, '--journal': journal, ...besides(options) })
  for (const [at, [option, path]] of written.entries()) {
    if (path === undefined || path === '-') continue
    for (const [other, otherPath] of written.slice(0, at))
      if (otherPath !== undefined && (await isSame(path, otherPath)))
        throw badUsage(`${other} and ${option} are both '${otherPath}'. Give them different files.`)
    for (const source of read)
      if (await isSame(path, source))
        throw badUsage(`${option} '${path}' is a file that is read, and would be written over. Give another path.`)
  }
}

/** Files that a run writes. */
export type WrittenOptions = Pick<VerifyOptions, 'out' | 'summary' | 'journal'>

/** All that a run writes: no input, wherever it lies. */
export function ownFiles(options: Partial<WrittenOptions>): string[] {
  const { out, summary, journal } = options
  const written = [out, summary, journal, ...Object.values(besides(options))]
  return written.flatMap((path) => (path === undefined || path === '-' ? [] : [path]))
}

/** What a journaled run writes beside what it was given. */
function besides({ out, journal }: Partial<WrittenOptions>): Record<string, string | undefined> {
  if (journal === undefined) return {}
  return {
    "--journal's lock": `${journal}.lock`,
    "--journal's last copy": `${journal}.1`,
    "--redrive's copy": out === undefined ? undefined : redriveCopyOf(out),
  }
}

/** What is written in place, and named by a journal, has to be a file that can be cut off. */
async function checkJournal({ out }: VerifyOptions, journal: string): Promise<void> {
  if (journal === '-') throw badUsage('--journal needs a file that can be read again. Give a path.')
  await checkWritable('--journal', journal)
  if (out === '-')
    throw badUsage('--journal cannot take back what --out - has written to stdout. Give --out a file, or leave it out.')
  const target = out === undefined ? undefined : await statsOf(out)
  if (target !== undefined && !target.isFile())
    throw badUsage(
      `--out '${out}' is no regular file, and --journal could not cut it off where a run goes on. Give the path of a file.`,
    )
}

/** Whatever they are called; a device may be written and read at once. */
export async function isSame(path: string, other: string): Promise<boolean> {
  const [one, two] = [await statsOf(path), await statsOf(other)]
  if (one === undefined || two === undefined) return one === two && resolve(path) === resolve(other)
  return one.isFile() && one.dev === two.dev && one.ino === two.ino
}

/**
 * Opens what is written to, and empties nothing yet. A FIFO opens when somebody reads it.
 *
 * @param interrupted - from when on a reader who takes nothing is not waited for
 * @throws {FanfoldError} `FANFOLD_BAD_OPTION`
 */
export async function openTargets(options: VerifyOptions, interrupted: AbortSignal): Promise<Targets> {
  const { out, summary, journal } = options
  const summaryFile = summary === undefined ? undefined : await openFile('--summary', summary)
  if (out === undefined) return { out, journaled: undefined, summary: summaryFile }
  if (journal !== undefined) {
    const file = await JournaledFile.at(out, { ...options, only: options.only, interrupted })
    return { out: file, journaled: file, summary: summaryFile }
  }
  return { out: await openOutput(out, interrupted), journaled: undefined, summary: summaryFile }
}

async function openOutput(path: string, interrupted: AbortSignal): Promise<Output> {
  return path === '-' ? stdoutOutput(interrupted) : fileOutput(path, await openFile('--out', path), interrupted)
}

/** `undefined` for what is not there. */
export async function statsOf(path: string | URL): Promise<Stats | undefined> {
  return stat(path).catch(() => undefined)
}
