import type { Stats } from 'node:fs'
import { stat } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { resolve } from 'node:path'
import { fileOutput, openFile, stdoutOutput } from '../output/output.ts'
import type { Output } from '../output/output.ts'
import { badUsage } from '../problem.ts'
import type { VerifyOptions } from '../options/verify-options.ts'

/** What a run writes to, opened. */
export interface Targets {
  readonly out: Output | undefined
  readonly summary: FileHandle | undefined
}

/**
 * Refuses to write over what is read. Without this, a slip of the hand would empty the input.
 *
 * @param read - paths of everything that the run reads
 * @throws {FanfoldError} `FANFOLD_BAD_OPTION`
 */
export async function checkTargets({ out, summary, only }: VerifyOptions, read: readonly string[]): Promise<void> {
  if (summary === '-') throw badUsage('--summary needs a file: stdout is for --out -. Give a path.')
  if (only !== undefined && out === undefined) throw badUsage('--only chooses what --out writes. Add --out FILE.')
  if (out !== undefined && summary !== undefined && resolve(out) === resolve(summary))
    throw badUsage(`--out and --summary are both '${out}'. Give them different files.`)
  for (const [option, path] of [
    ['--out', out],
    ['--summary', summary],
  ]) {
    const target = path === undefined || path === '-' ? undefined : await statsOf(path)
    if (!target?.isFile()) continue
    for (const source of read) {
      const stats = await statsOf(source)
      if (stats?.dev === target.dev && stats.ino === target.ino)
        throw badUsage(`${option} '${path}' is a file that is read, and would be written over. Give another path.`)
    }
  }
}

/**
 * Opens what is written to, and empties nothing yet. A FIFO opens when somebody reads it.
 *
 * @param interrupted - from when on a reader who takes nothing is not waited for
 * @throws {FanfoldError} `FANFOLD_BAD_OPTION`
 */
export async function openTargets({ out, summary }: VerifyOptions, interrupted: AbortSignal): Promise<Targets> {
  const summaryFile = summary === undefined ? undefined : await openFile('--summary', summary)
  return { out: out === undefined ? undefined : await openOutput(out, interrupted), summary: summaryFile }
}

async function openOutput(path: string, interrupted: AbortSignal): Promise<Output> {
  return path === '-' ? stdoutOutput(interrupted) : fileOutput(path, await openFile('--out', path), interrupted)
}

export async function statsOf(path: string | URL): Promise<Stats | undefined> {
  return stat(path).catch(() => undefined)
}
