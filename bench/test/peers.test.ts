import { describe, expect, test } from 'vitest'
import { PEERS } from '../src/peers.ts'

const items = Array.from({ length: 101 }, (_, n) => n)
const counts = { pass: 51, fail: 50 }

describe.each(PEERS.map((peer) => [peer.name, peer] as const))('%s', (_, peer) => {
  test.each(['even', 'even-late'])('checks each item once, by itself and in batches: task %s', async (task) => {
    const running = await peer.start({ threads: 2, taskModule: new URL(`./tasks/${task}.ts`, import.meta.url) })
    try {
      expect(await Promise.all([7, 2, 9, 4].map((item) => running.one(item)))).toEqual([false, true, false, true])
      expect(await running.each(items, 16)).toEqual(counts)
      expect(await running.batches(items, 7, 3)).toEqual(counts)
    } finally {
      await running.close()
    }
  })
})
