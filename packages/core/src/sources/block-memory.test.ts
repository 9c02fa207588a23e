import { expect, test } from 'vitest'
import { BlockMemory } from './block-memory.ts'

test('memory is used again when its last user has released it, and not before', () => {
  const memory = new BlockMemory()
  const window = memory.take(64)
  const shard = window.retain()
  expect(shard.buffer).toBe(window.buffer)
  window.release()
  expect(memory.take(64).buffer).not.toBe(window.buffer)
  shard.release()
  expect(memory.take(128).buffer).not.toBe(window.buffer)
  expect(memory.take(64).buffer).toBe(window.buffer)
})

test('who releases it twice is told so, and takes it from nobody else', () => {
  const memory = new BlockMemory()
  const window = memory.take(64)
  const shard = window.retain()
  window.release()
  const bug = expect.objectContaining({
    code: 'FANFOLD_INTERNAL',
    message: expect.stringContaining('after its release'),
  })
  expect(() => window.release()).toThrow(bug)
  expect(() => window.retain()).toThrow(bug)
  expect(memory.take(64).buffer).not.toBe(shard.buffer)
  shard.release()
  expect(memory.take(64).buffer).toBe(shard.buffer)
})
