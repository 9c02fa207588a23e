import { readFile } from 'node:fs/promises'
import { badUsage, messageOf } from '../problem.ts'

/**
 * @param what - the file is, for the message: `the configuration`
 * @throws {FanfoldError} `FANFOLD_BAD_OPTION`
 */
export async function readJson(what: string, file: string): Promise<unknown> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    throw badUsage(`${what} '${file}' cannot be read: ${whyUnreadable(error)}. Check the path.`, error)
  }
  try {
    return JSON.parse(text.replace(/^\u{FEFF}/u, ''))
  } catch (error) {
    throw badUsage(`${what} '${file}' is not valid JSON: ${messageOf(error)}. Correct it.`, error)
  }
}

function whyUnreadable(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'there is no such file'
  if (code === 'EACCES' || code === 'EPERM') return 'this user may not read it'
  if (code === 'EISDIR') return 'it is a folder'
  return messageOf(error)
}
