import type { BenchCase } from '../../bench-case.ts'
import { plantedCounts } from '../../planted.ts'
import { requireCounts } from '../../require-counts.ts'
import { cutInto, loopSide, nextFreeSide, splitEvenly, splitSide } from '../../sides/bare-sides.ts'
import { fanfoldSide } from '../../sides/fanfold-side.ts'
import type { Algorithm } from './keys.ts'
import { publicKey } from './keys.ts'
import { countSigned, readTokens } from './tokens.ts'

/** Tokens in one message of the hand-written batches, about 10 ms of work. */
const BATCH = 100
const thread = new URL('./token-thread.ts', import.meta.url)

export const signaturesEd25519: BenchCase = signatures('Ed25519')
export const signaturesEs256: BenchCase = signatures('ES256')

/** Tasks that cost about a tenth of a millisecond, all of it native code. */
function signatures(algorithm: Algorithm): BenchCase {
  return {
    name: `signatures-${algorithm.toLowerCase()}`,
    title: `${algorithm} signatures of tokens in memory (node:crypto, raw signatures)`,
    fairness:
      'Before the clock: process, threads, modules, key, tokens. In it: getting each token to a thread, decoding it, ' +
      'verifying its signature, counting. The bare split sends each thread its half in one message.',
    defaultTasks: 20_000,
    iterations: 2,
    prepare: async ({ tasks }) => void readTokens(algorithm, tasks),
    sides: [
      loopSide(
        'one loop',
        ({ tasks }) => readTokens(algorithm, tasks),
        (tokens) => countSigned(algorithm, publicKey(algorithm), tokens),
      ),
      splitSide('bare split', thread, ({ tasks, threads }) =>
        splitEvenly(readTokens(algorithm, tasks), threads).map((tokens) => ({ algorithm, tokens })),
      ),
      nextFreeSide('bare batches', thread, 2, ({ tasks }) =>
        cutInto(readTokens(algorithm, tasks), BATCH).map((tokens) => ({ algorithm, tokens })),
      ),
      fanfoldSide<string>({
        name: 'fanfold',
        verifier: new URL('./verify-token.ts', import.meta.url),
        config: () => ({ algorithm }),
        source: ({ tasks }) => {
          const tokens = readTokens(algorithm, tasks)
          return () => tokens
        },
      }),
    ],
    validate: (counts, tasks) => requireCounts(counts, plantedCounts(tasks)),
    targets: [
      {
        id: `${algorithm} signatures against the bare split`,
        measure: 'speed',
        side: 'fanfold',
        against: 'bare split',
        atLeast: 0.98,
      },
    ],
  }
}
