import { readlink, realpath } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'

/** As many as Linux follows. */
const MOST_LINKS = 40

/**
 * Where a journal is, or will be, whatever it is called: links are followed also to a file that is not there yet. So it is
 * one journal with one lock, beside the file.
 */
export async function journalPath(path: string): Promise<string> {
  let at = resolve(path)
  for (let links = 0; links < MOST_LINKS; links++) {
    const real = await realpath(at).catch(() => undefined)
    if (real !== undefined) return real
    // What a link says is meant from the folder that it is in, not from the name that this folder was reached by.
    const folder = await realpath(dirname(at)).catch(() => dirname(at))
    at = join(folder, basename(at))
    const target = await readlink(at).catch(() => undefined)
    if (target === undefined) return at
    at = resolve(folder, target)
  }
  return resolve(path)
}
