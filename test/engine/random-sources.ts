import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { csv, lines, ndjson } from '@fanfold/core'
import type { SourceInput } from '@fanfold/core'
import { oneOf, randomOf, valueOf } from './verifiers/answers.ts'

type Random = () => number

/** Makes the same source again each time it is called. */
export type MakeSource = () => SourceInput

const JSON_RECORDS: readonly (string | Buffer)[] = [
  '{"id":"ä\\u20ac","n":12345678901234567890}',
  ' { "a" : 1.0 ,\r "a":[ ] } ',
  '[1,"€😀",null]',
  '"text"',
  '7',
  '{broken',
  '',
  '{"id":7,"nested":{"id":"deep"}}',
  '{"id":{"is":"no id"},"\\ud800":1}',
  Buffer.from([0x22, 0xff, 0x22]),
  `{"long":"${'y'.repeat(3000)}"}`,
]
const CSV_RECORDS = ['1,2,3', '"a ""b"" c",,"x\ny"', 'ä,€,😀', 'too,few', 'a,b,c,d', '"open" text,b,c', '', ' , ,']
const LINE_RECORDS = ['', 'plain', 'ä€😀 "quoted" \\', '\t\u2028', 'x'.repeat(2000), Buffer.from([0x61, 0xff])]

/** A source of `tasks` records or so of any kind, with everything in them that lines have to say. */
export function randomSource(seed: number, tasks: number, folder: string): MakeSource {
  const random = randomOf(seed)
  const path = (name: string): string => join(folder, `${seed}-${name}`)
  const write = (name: string, records: readonly (string | Buffer)[], head: string = ''): string => {
    const lineEnd = oneOf(random, ['\n', '\r\n'])
    const chosen = Array.from({ length: tasks }, () => [oneOf(random, records), lineEnd]).flat()
    writeFileSync(path(name), Buffer.concat([head, ...chosen].map((part) => Buffer.from(part))))
    return path(name)
  }
  const id = oneOf(random, [{}, { id: 'id' }, { id: '/nested/id' }])
  const kinds: (() => MakeSource)[] = [
    () => sourceOf(write('a.ndjson', JSON_RECORDS), (file) => ndjson(file, id)),
    () => {
      const files = [write('b.ndjson', JSON_RECORDS), write('c.ndjson', JSON_RECORDS)]
      return () => ndjson(files, id)
    },
    () => sourceOf(write('d.csv', CSV_RECORDS, 'id,__proto__,$c\n'), (file) => csv(file, { id: 'id' })),
    () => sourceOf(write('e.csv', CSV_RECORDS), (file) => csv(file, { header: false })),
    () => sourceOf(write('f.txt', LINE_RECORDS), (file) => lines(file)),
    () => () => items(seed, tasks),
    () => () => Float64Array.from({ length: tasks }, (_, n) => (n === 3 ? NaN : n / 3)),
    () => () => BigInt64Array.from({ length: tasks }, (_, n) => BigInt(n)),
  ]
  return oneOf(random, kinds)()
}

function sourceOf(file: string, open: (file: string) => SourceInput): MakeSource {
  return () => open(file)
}

function items(seed: number, tasks: number): unknown[] {
  const random: Random = randomOf(seed + 1)
  return Array.from({ length: tasks }, () => valueOf(random))
}
