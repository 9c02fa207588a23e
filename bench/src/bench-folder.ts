import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const bench = fileURLToPath(new URL('../', import.meta.url))
const folder = join(bench, '.data')

/** A file in `bench/.data`, which git ignores: generated input, raw samples, profiles. */
export function benchFile(name: string): string {
  mkdirSync(folder, { recursive: true })
  return join(folder, name)
}

export interface ResultFolders {
  /** Where samples are kept, a folder for each case. */
  readonly samples: string
  /** Where RESULTS.md and its plots go. */
  readonly results: string
}

/** A quick run proves nothing, so its samples and its results go into a folder of their own; `chosen` wins over both. */
export function resultFolders(isQuick: boolean, chosen: string | undefined): ResultFolders {
  if (chosen !== undefined) return { samples: join(resolve(chosen), 'samples'), results: resolve(chosen) }
  if (isQuick) return { samples: join(folder, 'quick/samples'), results: join(folder, 'quick') }
  return { samples: join(folder, 'samples'), results: bench }
}
