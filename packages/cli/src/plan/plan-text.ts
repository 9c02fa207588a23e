import { counted, cut, time, whole } from '../figures.ts'
import { paint } from '../paint.ts'
import { oneLine } from '../problem.ts'
import { LABEL_WIDTH, labelled } from '../summary/layout.ts'
import { wrap } from '../wrap.ts'
import type { ChainPlan, PlannedStep } from './chain-plan.ts'
import type { Bound, Foretold } from './foretell.ts'

/** What the plan is told with. */
export interface PlanContext {
  /** Of the terminal; `Infinity` for a file or a pipe. */
  readonly columns: number
  /** Where it was written as JSON. */
  readonly json: string | undefined
}

const MOST_NAME = 24
const MOST_NAMES = 32
const GAP = 2

/** The plan for a person: what came of it first, then the chain, then the figures. */
export function planText(plan: ChainPlan, context: PlanContext): string {
  const { columns } = context
  const blocks = [headline(plan, columns), stages(plan, columns), table(plan, columns), times(plan, columns)]
  return `${[...blocks, ends(plan, context)].filter((block) => block !== '').join('\n\n')}\n`
}

function headline({ sample, sequentialMs, actualMs, steps, stages: all }: ChainPlan, columns: number): string {
  const times = sequentialMs / Math.max(actualMs, 1e-3)
  const faster =
    times >= 1.05 ? `, ${times >= 9.95 ? whole(times) : times.toFixed(1)} times as fast as` : ', and not faster than'
  const text = `planned: ${counted(steps.length, 'check')} in ${counted(all.length, 'stage')}; fanned out, ${counted(sample.records, 'record')} took ${time(actualMs)}${faster} all checks in sequence`
  const [first = '', ...rest] = wrap(text, Math.max(16, columns))
  const length = 'planned'.length
  return [
    paint(['bold', 'green'], first.slice(0, length)) + first.slice(length),
    ...rest.map((line) => `  ${line}`),
  ].join('\n')
}

/** A stage a line; what is side by side there may run so. */
function stages({ stages: all, steps }: ChainPlan, columns: number): string {
  const barriersOf = (name: string): number => steps.find((step) => step.name === name)?.barriers ?? 0
  return all
    .map((names, at) => {
      const before = Math.max(0, ...(all[at - 1] ?? []).map(barriersOf))
      const barrier = names.some((name) => barriersOf(name) > before) ? ', when all of a shard are there' : ''
      return labelled(`stage ${at + 1}`, names.map(oneLine).join(' | ') + barrier, columns, 'dim')
    })
    .join('\n')
}

type Cell = readonly [heading: string, of: (step: PlannedStep) => string]

const LEFT: readonly Cell[] = [
  ['check', ({ name }) => cut(oneLine(name), MOST_NAME)],
  ['after', ({ after }) => listed(after)],
]
const INDEPENDENT: Cell = ['independent of', ({ independentOf }) => listed(independentOf)]
const RIGHT: readonly Cell[] = [
  ['records', ({ records }) => whole(records)],
  ['mean', ({ meanMs, records }) => (records === 0 ? '' : time(meanMs))],
  ['half within', ({ p50Ms, records }) => (records === 0 ? '' : time(p50Ms))],
  ['slowest', ({ maxMs, records }) => (records === 0 ? '' : time(maxMs))],
]

/** What is independent of what follows from what is after what, so that is left out where there is no room for it. */
function table({ steps }: ChainPlan, columns: number): string {
  return (
    tableOf(steps, [...LEFT, INDEPENDENT], columns) ??
    tableOf(steps, LEFT, columns) ??
    steps.map((step) => inWords(step, columns)).join('\n')
  )
}

/** Nothing where it is wider than the terminal. */
function tableOf(steps: readonly PlannedStep[], left: readonly Cell[], columns: number): string | undefined {
  const cells = [...left, ...RIGHT]
  const lines = steps.map((step) => cells.map(([, of]) => of(step)))
  const heads = cells.map(([heading]) => heading)
  const widths = heads.map((heading, at) => Math.max(heading.length, ...lines.map((cells) => cells[at]!.length)))
  if (widths.reduce((sum, width) => sum + width + GAP, 0) > columns) return undefined
  const row = (texts: readonly string[]): string =>
    texts
      .map((cell, at) => ' '.repeat(GAP) + (at < left.length ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!)))
      .join('')
      .trimEnd()
  return [paint('dim', row(heads)), ...lines.map(row)].join('\n')
}

/** For a terminal on which the table has no room. */
function inWords({ name, after, independentOf, records, meanMs, maxMs }: PlannedStep, columns: number): string {
  const parts = [
    ...(after.length === 0 ? [] : [`after ${listed(after)}`]),
    ...(independentOf.length === 0 ? [] : [`independent of ${listed(independentOf)}`]),
    ...(records === 0
      ? ['never ran']
      : [`${time(meanMs)} on average, at most ${time(maxMs)}, for ${counted(records, 'record')}`]),
  ]
  return labelled(cut(oneLine(name), LABEL_WIDTH - 1), parts.join('; '), columns, 'dim')
}

/** As many names as there is room for. */
function listed(names: readonly string[]): string {
  if (names.length === 0) return '–'
  const shown: string[] = []
  for (const name of names.map(oneLine)) {
    if (shown.length > 0 && [...shown, name].join(', ').length > MOST_NAMES)
      return `${shown.join(', ')}, ${names.length - shown.length} more`
    shown.push(cut(name, MOST_NAMES))
  }
  return shown.join(', ')
}

const BOUNDS: Readonly<Record<Bound, string>> = {
  processor: 'the processor is what bounds it',
  waiting: 'checks at once are what bounds it',
  slowest: 'the slowest record is what bounds it',
}

type Row = readonly [label: string, text: string, style: 'dim' | 'bold']

function times(plan: ChainPlan, columns: number): string {
  const { sample, perRecord, sequentialMs, criticalPath, threads, concurrency, predicted, predictedPer1000, actualMs } =
    plan
  const { sequentialMs: sum, criticalMs, cpuMs } = perRecord
  const rest = sample.isCut ? '; more did not come to their end in --budget' : ''
  const records = counted(sample.records, 'record')
  const each = (ms: number): string => `${time(ms)} a record`
  const rows: readonly Row[] = [
    ['sample', `the first ${records}, one after the other${rest}`, 'dim'],
    ['in sequence', `${each(sum)}, ${time(sequentialMs)} for ${records}`, 'dim'],
    ['critical', `${each(criticalMs)}: ${criticalPath.map(oneLine).join(' → ')}`, 'dim'],
    ['processor', `${each(cpuMs)}, with reading and the account`, 'dim'],
    [
      'predicted',
      `${time(predicted.ms)} for ${records} on ${counted(threads, 'thread')}, ${whole(concurrency)} at once; ${BOUNDS[predicted.bound]}`,
      'bold',
    ],
    ...perThousand(predictedPer1000),
    ['actual', `${time(actualMs)} for ${records}`, 'bold'],
  ]
  return rows.map(([label, text, style]) => labelled(label, text, columns, style)).join('\n')
}

function perThousand(predicted: Foretold | undefined): readonly Row[] {
  return predicted === undefined ? [] : [['', `${time(predicted.ms)} for 1,000 records`, 'dim']]
}

const ASSUMED =
  'the prediction takes for granted that checks take as long beside others as alone, that what they wait for bears so many at once, and that all threads are busy to the end'

function ends({ sample, predicted, actualMs, limits }: ChainPlan, { columns, json }: PlanContext): string {
  const rows = [labelled('model', `${ASSUMED}${limits.length > 0 ? '; it knows no limits' : ''}`, columns, 'dim')]
  const warn = (text: string): number => rows.push(labelled('warning', text, columns, 'yellow'))
  if (sample.unsuccessful > 0)
    warn(`${counted(sample.unsuccessful, 'record')} of the sample had no verdict: fanfold verify tells why`)
  // A sample of few records hardly fills the threads.
  if (actualMs > predicted.ms * MUCH && (predicted.bound !== 'slowest' || limits.length > 0))
    warn(
      `it took much longer than predicted: ${limitsText(limits)}checks slow each other down, what they wait for does not bear so many at once, or the machine was busy`,
    )
  if (json !== undefined && json !== '-') rows.push(labelled('written', `${json}: the plan`, columns, 'dim'))
  return rows.join('\n')
}

function limitsText(limits: readonly string[]): string {
  if (limits.length === 0) return ''
  return `checks wait for the ${limits.length === 1 ? 'limit' : 'limits'} ${listed(limits)}, which the prediction does not know, `
}

/** Beyond this something is not as it was taken for granted. */
const MUCH = 2
