import { createHash } from 'node:crypto'
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, readSync, rmSync, writeFileSync } from 'node:fs'
import type { Counts } from '../../bench-case.ts'
import { benchFile } from '../../bench-folder.ts'
import { isPlanted } from '../../planted.ts'
import { seededRandom } from '../../seeded-random.ts'

/** Of Pareto's distribution, from 100 KB to 16 MB: about 0.5 MB a file, most of which are small. */
const SHAPE = 1.05
const SMALLEST = 100_000
const LARGEST = 16_000_000
const BLOCK_BYTES = 1 << 20

/** A line of a manifest. */
export interface Entry {
  readonly path: string
  readonly sha256: string
  readonly size: number
}

/** A folder of files, and a manifest of their checksums in the format of `sha256sum`; every fiftieth is not right. */
export function manifestFile(files: number): string {
  const folder = benchFile(`files-${files}`)
  const manifest = `${folder}/SHA256SUMS`
  if (existsSync(manifest)) return manifest
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder)
  const random = seededRandom(256)
  const noise = makeNoise(random)
  const lines = Array.from({ length: files }, (_, n) => {
    const size = Math.floor(Math.min(LARGEST, SMALLEST * (1 - random()) ** (-1 / SHAPE)))
    const content = noise.subarray(n, n + size)
    const path = `${folder}/${String(n).padStart(5, '0')}.bin`
    writeFileSync(path, content)
    const sha256 = createHash('sha256').update(content).digest('hex')
    return `${isPlanted(n) ? '0'.repeat(64) : sha256}  ${path}\n`
  })
  writeFileSync(manifest, lines.join(''))
  return manifest
}

export function readManifest(manifest: string, sizeOf: (path: string) => number): Entry[] {
  const lines = readFileSync(manifest, 'utf8').trimEnd().split('\n')
  return lines.map((line) => {
    const path = line.slice(66) // after the checksum and two blanks
    return { path, sha256: line.slice(0, 64), size: sizeOf(path) }
  })
}

let block: Buffer | undefined

/** Whether a file has the checksum that its entry says, read in blocks into memory that is used again. */
export function isIntact({ path, sha256 }: Entry): boolean {
  block ??= Buffer.allocUnsafe(BLOCK_BYTES)
  const hash = createHash('sha256')
  const file = openSync(path, 'r')
  try {
    for (let read = readSync(file, block); read > 0; read = readSync(file, block)) hash.update(block.subarray(0, read))
  } finally {
    closeSync(file)
  }
  return hash.digest('hex') === sha256
}

export function countIntact(entries: readonly Entry[]): Counts {
  let pass = 0
  for (const entry of entries) if (isIntact(entry)) pass++
  return { pass, fail: entries.length - pass }
}

/** Enough for the largest file, which starts at another byte in each. */
function makeNoise(random: () => number): Buffer {
  const words = new Uint32Array(LARGEST / 2)
  for (let i = 0; i < words.length; i++) words[i] = random() * 2 ** 32
  return Buffer.from(words.buffer)
}
