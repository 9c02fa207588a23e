import type { Progress } from '@fanfold/core'
import { size } from '../figures.ts'

/** How many bytes of files have been given to threads, and of how many where all are listed. */
export function bytesText({ bytesRead, bytesTotal }: Progress): string {
  return bytesTotal === undefined ? size(bytesRead) : `${size(bytesRead)} of ${size(bytesTotal)}`
}
