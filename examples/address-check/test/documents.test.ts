import { readFileSync } from 'node:fs'
import rrad from 'rrad'
import { expect, it } from 'vitest'
import { defects, expectationAt, mailing } from '../src/mailing/mailing.ts'

const text = (name: string): string => readFileSync(new URL(`../${name}`, import.meta.url), 'utf8')

it('all 104 sources of the addresses are attributed', () => {
  const lines = new Set(text('ATTRIBUTION.md').split('\n'))
  const sources = rrad.attribution.map((source) => `- ${source.replaceAll(/\s+/g, ' ').trim()}`)
  expect(sources).toHaveLength(104)
  expect(sources.filter((source) => !lines.has(source))).toEqual([])
})

it('the README lists every planted defect and every reason', () => {
  const readme = text('README.md')
  const reasons = [...mailing.keys()].flatMap((index) => expectationAt(index).reasons)
  const named = [
    ...defects.map(({ kind, what }) => `| \`${kind}\` | ${what} |`),
    ...reasons.map((reason) => `\`${reason}\``),
  ]
  expect(named.filter((name) => !readme.includes(name))).toEqual([])
})
