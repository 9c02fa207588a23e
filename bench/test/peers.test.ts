import { describe, expect, test } from 'vitest'
import { PEERS } from '../src/peers.ts'

const items = Array.from({ length: 101 }, (_, n) => n)
const tasks = [
  ['a sync task', new URL('./tasks/even.ts', import.meta.url)],
  ['an async task', new URL('./tasks/even-late.ts', import.meta.url)],
] as const
const counts = { pass: 51, fail: 50 }

describe.each(PEERS.map((peer) => [peer.name, peer] as const))('%s', (_, peer) => {
  test.each(tasks)('checks each item once, by itself and in batches: %s', async (_, taskModule) => {
    const running = await peer.start({ threads: 2, taskModule })
    try {
      expect(await Promise.all([7, 2, 9, 4].map((item) => running.one(item)))).toEqual([false, true, false, true])
      expect(await running.each(items, 16)).toEqual(counts)
      expect(await running.batches(items, 7, 3)).toEqual(counts)
    } finally {
      await running.close()
    }
  })
})
