import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { reducerAt } from '@fanfold/core'
import { tempFolder } from './fixtures.ts'

/** Folds `n` of items, and in which order; see its module for what it does wrong when it is asked to. */
export const reduces = reducerAt<typeof import('./verifiers/reduces.ts')>(
  new URL('./verifiers/reduces.ts', import.meta.url),
)

/** Indices from 0, but for some. */
export function indices(count: number, ...without: number[]): number[] {
  return Array.from({ length: count }, (_, i) => i).filter((i) => !without.includes(i))
}

export function ascending(numbers: readonly number[]): number[] {
  return [...numbers].sort((a, b) => a - b)
}

/** A module of this text. */
export function moduleOf(text: string): string {
  const path = join(tempFolder(), 'module.mjs')
  writeFileSync(path, text)
  return path
}

/** What it is rejected with. */
export function rejected(promise: Promise<unknown>): Promise<Error & { readonly code?: string }> {
  return promise.then(
    () => Promise.reject(new Error('it was not rejected')),
    (error: Error) => error,
  )
}
