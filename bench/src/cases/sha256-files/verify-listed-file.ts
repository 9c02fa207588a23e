import { basename } from 'node:path'
import { defineVerifier } from '@fanfold/workers'
import type { ListedFile } from './listed-side.ts'
import { isIntact, readManifest } from './manifest.ts'

/** What the manifest says of a file, by its name. */
type Checksums = ReadonlyMap<string, string>

export default defineVerifier<ListedFile, { readonly manifest: string }, Checksums>({
  setup: ({ config }) =>
    new Map(readManifest(config.manifest, () => 0).map(({ path, sha256 }) => [basename(path), sha256])),
  verify: ({ path, size }, { state }) => isIntact({ path, size, sha256: state.get(basename(path)) ?? '' }),
})
