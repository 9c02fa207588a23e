import { expect, test } from 'vitest'
import { WIDE } from './testing/drain.ts'
import { toSource } from './to-source.ts'

test('an array that is shortened breaks the source, and what is gone of what was read cannot be sent', async () => {
  for (const values of [
    ['a', 'b', 'c', 'd', 'e'],
    [{}, [], null, 4, 'e'],
  ]) {
    const reader = await toSource(values).open()
    const first = reader.next({ maxTasks: 2, maxBytes: 1000 })
    values.length = 1
    const { payload } = (await first)!.payload(0, 2)
    const [kept, gone] = payload.kind === 'items' ? payload.items : []
    expect([kept, typeof gone]).toEqual([values[0], 'symbol'])
    expect(() => reader.next(WIDE)).toThrow(
      expect.objectContaining({
        code: 'FANFOLD_SOURCE_FAILED',
        message: expect.stringContaining('the array has 1 items now, and had 5 when the run began'),
      }),
    )
  }
})

test('a typed array whose memory is made smaller breaks the source, wherever its numbers begin', async () => {
  for (const at of [0, 8]) {
    for (const length of [undefined, 6]) {
      const buffer = new ArrayBuffer(64, { maxByteLength: 64 })
      const reader = await toSource(new Float64Array(buffer, at, length)).open()
      expect((await reader.next({ maxTasks: 2, maxBytes: 1000 }))?.tasks).toBe(2)
      buffer.resize(32)
      expect(() => reader.next(WIDE)).toThrow(expect.objectContaining({ code: 'FANFOLD_SOURCE_FAILED' }))
    }
  }
})

test('what an array has been given more since the run began is no task of it', async () => {
  const buffer = new ArrayBuffer(2, { maxByteLength: 10 })
  const values = [1, 2]
  const sources = [toSource(values), toSource(new Uint8Array(buffer))]
  values.push(3)
  buffer.resize(3)
  for (const source of sources) {
    const reader = await source.open()
    expect((await reader.next({ maxTasks: 1, maxBytes: 1000 }))?.tasks).toBe(1)
    values.push(4)
    buffer.resize(10)
    expect((await reader.next(WIDE))?.tasks).toBe(1)
    expect(await reader.next(WIDE)).toBeUndefined()
    expect(reader.totalTasks).toBe(2)
  }
})
