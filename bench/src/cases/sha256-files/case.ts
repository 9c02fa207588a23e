import { statSync } from 'node:fs'
import type { BenchCase } from '../../bench-case.ts'
import { plantedCounts } from '../../planted.ts'
import { requireCounts } from '../../require-counts.ts'
import { loopSide, nextFreeSide, splitSide } from '../../sides/bare-sides.ts'
import { fanfoldSide } from '../../sides/fanfold-side.ts'
import { fanfoldFiles } from './listed-side.ts'
import type { Entry } from './manifest.ts'
import { countIntact, manifestFile, readManifest } from './manifest.ts'
import { parallelSha256sum, sha256sum } from './sha256sum.ts'

const thread = new URL('./file-thread.ts', import.meta.url)

/** Tasks whose cost is the size of a file, which nobody knows who only sees its name. */
export const sha256Files: BenchCase = {
  name: 'sha256-files',
  title: 'SHA-256 of files against a manifest: 100 KB to 16 MB (Pareto), some 200 MB together',
  fairness:
    'Before the clock: process, threads, modules, manifest, files in the page cache. In it: opening, reading, hashing, ' +
    'comparing, counting. The static split knows the sizes and gives each thread as many bytes. sha256sum and GNU parallel ' +
    'are started in the clock.',
  defaultTasks: 350,
  quickTasks: 100,
  prepare: async ({ tasks }) => void manifestFile(tasks),
  sides: [
    loopSide('one loop', ({ tasks }) => entries(tasks), countIntact),
    splitSide('static split', thread, ({ tasks, threads }) => splitByBytes(entries(tasks), threads)),
    nextFreeSide('bare, one at a time', thread, 1, ({ tasks }) => entries(tasks).map((entry) => [entry])),
    fanfoldSide<Entry>({
      name: 'fanfold',
      verifier: new URL('./verify-file.ts', import.meta.url),
      source: ({ tasks }) => {
        const all = entries(tasks)
        return () => all
      },
    }),
    fanfoldFiles,
    sha256sum,
    parallelSha256sum,
  ],
  validate: (counts, tasks) => requireCounts(counts, plantedCounts(tasks)),
  targets: [
    {
      id: 'SHA-256 over files against the static split by bytes',
      measure: 'speed',
      side: 'fanfold',
      against: 'static split',
      atLeast: 0.95,
    },
  ],
}

function entries(files: number): Entry[] {
  return readManifest(manifestFile(files), (path) => statSync(path).size)
}

/** The largest first, each to the part that has least so far. */
function splitByBytes(all: readonly Entry[], parts: number): Entry[][] {
  const split = Array.from({ length: parts }, () => ({ bytes: 0, entries: [] as Entry[] }))
  for (const entry of all.toSorted((a, b) => b.size - a.size)) {
    const least = split.reduce((a, b) => (a.bytes <= b.bytes ? a : b))
    least.bytes += entry.size
    least.entries.push(entry)
  }
  return split.map((part) => part.entries)
}
