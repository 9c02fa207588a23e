import { counted, whole } from '../figures.ts'
import { paint } from '../paint.ts'
import { oneLine } from '../problem.ts'
import { LABEL_WIDTH, labelled } from '../summary/layout.ts'
import { wrap } from '../wrap.ts'
import type { Difference } from './conclude.ts'
import { apart } from './ending.ts'
import type { Ended } from './ending.ts'
import type { Way } from './rounds.ts'

/** All that there is to tell. */
export interface Finding {
  readonly sample: readonly Ended[]
  /** The records of the sample are all that one thread got done in that time, ms. */
  readonly cutAfterMs: number | undefined
  /** Of the rounds in which records ran at the same time. */
  readonly threads: number
  readonly dependent: readonly Difference[]
  readonly unrepeatable: readonly Difference[]
  /** How many differed from the first round. */
  readonly seenIn: readonly { readonly way: Way; readonly count: number }[]
  /** What the dependent ones have in common. */
  readonly dependentFacts: readonly string[]
  readonly unrepeatableFacts: readonly string[]
}

const MOST_SHOWN = 10
export const WAYS: Readonly<Record<Way, string>> = {
  first: 'the first time',
  again: 'in the same order',
  shards: 'in shards',
  shuffled: 'shuffled',
  reversed: 'in reversed order',
}

/** Which way it was makes no difference to what differs by itself. */
const TIMES: typeof WAYS = { ...WAYS, shards: 'another time', shuffled: 'another time', reversed: 'another time' }

/** What has come of the check, for a person. */
export function independenceText(finding: Finding, columns: number): string {
  const { dependent, unrepeatable } = finding
  const blocks = [headline(finding, columns)]
  if (dependent.length > 0) {
    blocks.push(list(dependent, finding, columns, WAYS), facts(finding.dependentFacts, columns))
    blocks.push(labelled('seen', seenText(finding), columns, 'dim'))
  }
  if (unrepeatable.length > 0) {
    if (dependent.length > 0) blocks.push(wrap(unrepeatableLine(unrepeatable), Math.max(16, columns)).join('\n'))
    blocks.push(list(unrepeatable, finding, columns, TIMES), facts(finding.unrepeatableFacts, columns))
  }
  return `${blocks.filter((block) => block !== '').join('\n')}\n`
}

function headline(finding: Finding, columns: number): string {
  const { sample, cutAfterMs, threads, dependent, unrepeatable } = finding
  const records = counted(sample.length, 'record')
  const which =
    cutAfterMs === undefined ? records : `${records}, as many as one thread got done in ${cutAfterMs / 1000} s`
  const said = (style: 'green' | 'red', text: string): string => wrapped(style, text, `(${which})`, columns)
  if (dependent.length > 0)
    return said(
      'red',
      `${counted(dependent.length, 'verdict')} ${dependent.length === 1 ? 'depends' : 'depend'} on the other records`,
    )
  if (unrepeatable.length > 0) return said('red', unrepeatableLine(unrepeatable))
  if (sample.length < 2) return said('red', 'there are too few records to tell')
  return said('green', `the same verdicts in any order, one by one and on ${threads} threads`)
}

const LABEL = 'independence  '

/** Of what records that is said follows on the same line where there is room. */
function wrapped(style: 'green' | 'red', text: string, of: string, columns: number): string {
  const width = Math.max(16, columns - LABEL.length)
  const lines = wrap(text, width)
  const fits = lines.at(-1)!.length + 1 + of.length <= width
  const painted = lines.map((line) => paint(style, line))
  const all = fits ? [...painted.slice(0, -1), `${painted.at(-1)} ${of}`] : [...painted, ...wrap(of, width)]
  return all.map((line, at) => (at === 0 ? paint('bold', LABEL) : ' '.repeat(LABEL.length)) + line).join('\n')
}

function unrepeatableLine(differences: readonly Difference[]): string {
  const why = differences.some(({ way }) => way === 'again')
    ? 'not even in the same order'
    : 'changed once, and not again'
  return `${counted(differences.length, 'verdict')} ${differences.length === 1 ? 'is' : 'are'} not repeatable: ${why}`
}

function list(
  differences: readonly Difference[],
  { sample }: Finding,
  columns: number,
  ways: Readonly<Record<Way, string>>,
): string {
  const records = new Map(sample.map((ended) => [ended.index, ended]))
  const rows = differences.slice(0, MOST_SHOWN).map(({ index, first, otherwise, way }) => {
    const [before, after] = apart(first, otherwise)
    const where = placeOf(records.get(index), index)
    const text = `${before}, but ${after} ${ways[way]}`
    // A place that does not fit beside the text comes in front of it.
    return where.length < LABEL_WIDTH
      ? labelled(where, text, columns, 'magenta')
      : labelled('', `${where}: ${text}`, columns, 'magenta')
  })
  const more = differences.length - rows.length
  if (more > 0) rows.push(labelled('', `and ${whole(more)} more`, columns, 'dim'))
  return rows.join('\n')
}

function placeOf(record: Ended | undefined, index: number): string {
  if (record?.line === undefined) return oneLine(record?.file ?? `index ${index}`)
  return record.file === undefined ? `line ${record.line}` : oneLine(`${record.file}:${record.line}`)
}

function facts(given: readonly string[], columns: number): string {
  return given.map((fact, at) => labelled(at === 0 ? 'in common' : '', fact, columns, 'cyan')).join('\n')
}

function seenText({ seenIn, threads }: Finding): string {
  return seenIn
    .filter(({ count }) => count > 0)
    .map(
      ({ way, count }) =>
        `${whole(count)} ${WAYS[way]}${way === 'shards' || way === 'shuffled' ? ` on ${threads} threads` : ''}`,
    )
    .join(', ')
}
