import { createHash } from 'node:crypto'
import { pass } from '@fanfold/workers'

/** A heavy task: some 5 ms of hashing. */
export default (seed: number) => {
  let digest = String(seed)
  for (let round = 0; round < 4_000; round++) digest = createHash('sha256').update(digest).digest('hex')
  return pass(digest)
}
