import fc from 'fast-check'
import { expect, test } from 'vitest'
import { HeadText } from './head-text.ts'

test('whatever numbers follow whatever others, the text is theirs', () => {
  const number = fc.oneof(fc.nat({ max: 2 ** 53 - 200 }), fc.constantFrom(0, 9, 10, 98, 99, 999, 9_999_998))
  const step = fc.constantFrom(1, 1, 1, 1, 0, 2, 7, 90)
  const next = fc.record({ index: step, line: step, jump: fc.option(number, { freq: 9 }), hasLine: fc.boolean() })
  fc.assert(
    fc.property(fc.boolean(), fc.array(next, { maxLength: 120 }), (mayHaveLines, steps) => {
      const head = new HeadText()
      let [index, line] = [0, 1]
      for (const { jump, hasLine, ...by } of steps) {
        index = (jump ?? index) + by.index
        line = (jump ?? line) + by.line
        const given = mayHaveLines || hasLine ? line : undefined
        head.set(index, given)
        const text = given === undefined ? `{"index":${index}` : `{"index":${index},"line":${given}`
        expect(Buffer.from(head.bytes).toString()).toBe(text)
      }
    }),
  )
})

test.each([0, 1, 9, 10])('the first text of all is that of %i, with a line and without', (index) => {
  for (const line of [undefined, 0, 1, 10]) {
    const head = new HeadText()
    head.set(index, line)
    const text = line === undefined ? `{"index":${index}` : `{"index":${index},"line":${line}`
    expect(Buffer.from(head.bytes).toString()).toBe(text)
  }
})
