import { createHash } from 'node:crypto'
import { closeSync, openSync, readFileSync, readSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { FileItem } from '@fanfold/core'
import { defineVerifier, fail, flag, pass } from '@fanfold/workers'

const BLOCK_BYTES = 1 << 20

interface Config {
  /** A file as `sha256sum` writes it; its names start in its own folder. */
  readonly manifest: string
}

interface State {
  /** Expected digests by absolute path. */
  readonly expected: ReadonlyMap<string, string>
  readonly block: Buffer
}

/** Compares the SHA-256 of each file with that in a manifest. */
export default defineVerifier<FileItem, Config, State>({
  setup({ config: { manifest } }) {
    const entries = readFileSync(manifest, 'utf8').split('\n').flatMap(parseLine)
    const expected = new Map(entries.map(({ name, sha256 }) => [resolve(dirname(manifest), name), sha256]))
    return { expected, block: Buffer.alloc(BLOCK_BYTES) }
  },
  verify({ path }, { state: { expected, block } }) {
    const wanted = expected.get(path)
    if (wanted === undefined) return flag('not-in-manifest')
    const sha256 = hashOf(path, block)
    return sha256 === wanted ? pass() : fail('changed', { sha256, wanted })
  },
})

/** A piece at a time: a file may be larger than the memory. */
function hashOf(path: string, block: Buffer): string {
  const hash = createHash('sha256')
  const file = openSync(path, 'r')
  try {
    for (let bytes = readSync(file, block); bytes > 0; bytes = readSync(file, block))
      hash.update(block.subarray(0, bytes))
  } finally {
    closeSync(file)
  }
  return hash.digest('hex')
}

/** `<digest>  <name>`, or `\<digest>  <name>` where a backslash or a line end in the name is written with a backslash. */
function parseLine(line: string): { readonly name: string; readonly sha256: string }[] {
  const [, escaped, sha256 = '', text = ''] = /^(\\?)([0-9a-f]{64}) [ *](.+)$/.exec(line) ?? []
  if (sha256 === '') return []
  const name = escaped === '' ? text : text.replaceAll(/\\(.)/g, (_, char: string) => (char === 'n' ? '\n' : char))
  return [{ name, sha256 }]
}
