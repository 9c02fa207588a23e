import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const folder = fileURLToPath(new URL('../.data/', import.meta.url))

/** A file in `bench/.data`, which git ignores: generated input, raw samples, profiles. */
export function benchFile(name: string): string {
  mkdirSync(folder, { recursive: true })
  return `${folder}${name}`
}
