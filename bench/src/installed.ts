import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Why a side is left out that needs a program, or `undefined` where it is installed. */
export function missingProgram(name: string): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  return folders.some((folder) => isExecutable(join(folder, name))) ? undefined : `${name} is not installed`
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
