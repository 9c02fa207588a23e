/** What a loaded verifier says of its checks before anything is verified. */
import { describe, expect, test } from 'vitest'
import { POOLS, engineOn } from '../conformance/pools.ts'

const obedient = new URL('./verifiers/obedient-chain.ts', import.meta.url)
const plain = new URL('../engine/verifiers/answers.ts', import.meta.url)

describe.for(POOLS)('in a pool of %s', (pool) => {
  test('a chain tells its checks, and which each waits for', async () => {
    const checks = await engineOn(pool).load(obedient).checks()
    expect(checks?.map(({ name, after }) => [name, after])).toEqual([
      ['parse', []],
      ['schema', ['parse']],
      ['signature', ['parse']],
      ['crm', ['schema', 'signature']],
      ['billing', ['schema', 'signature']],
      ['decide', ['crm', 'billing']],
    ])
  })

  test('of several modules none waits for another', async () => {
    const checks = await engineOn(pool).load({ one: plain, two: plain }).checks()
    expect(checks).toEqual([
      { name: 'one', after: [], barriers: 0 },
      { name: 'two', after: [], barriers: 0 },
    ])
  })

  test('a verifier that is no chain has none', async () => {
    expect(await engineOn(pool).load(plain).checks()).toBeUndefined()
  })

  test('what cannot be set up rejects, as `ready` does', async () => {
    const loaded = engineOn(pool).load(new URL('./verifiers/none.ts', import.meta.url))
    await expect(loaded.checks()).rejects.toMatchObject({ code: 'FANFOLD_VERIFIER_NOT_FOUND' })
  })
})
