import * as core from '@fanfold/core'
import { dirname } from 'node:path'
import type { Source } from '@fanfold/core'
import type { Side } from '../../bench-case.ts'
import { fanfoldSide } from '../../sides/fanfold-side.ts'
import { manifestFile } from './manifest.ts'

export interface ListedFile {
  readonly path: string
  readonly size: number
}

// It is not exported yet where this was written: see `missing` below.
const { files } = core as { readonly files?: (pattern: string) => Source<ListedFile> }

/** The source lists the folder; the verifier has the manifest. */
export const fanfoldFiles: Side = {
  ...fanfoldSide<ListedFile>({
    name: 'fanfold files()',
    verifier: new URL('./verify-listed-file.ts', import.meta.url),
    config: ({ tasks }) => ({ manifest: manifestFile(tasks) }),
    source: ({ tasks }) => {
      const pattern = `${dirname(manifestFile(tasks))}/*.bin`
      return () => files!(pattern)
    },
  }),
  missing: () => (files === undefined ? 'the source files() is not there yet' : undefined),
}
