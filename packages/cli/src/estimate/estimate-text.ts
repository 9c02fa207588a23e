import { counted, percent, rate, short, time, whole } from '../figures.ts'
import { paint } from '../paint.ts'
import { LABEL_WIDTH, labelled, labelledCommand } from '../summary/layout.ts'
import { wrap } from '../wrap.ts'
import type { Conclusion } from './conclude.ts'
import type { Estimate, SideFigures } from './estimate-file.ts'
import { serialShare } from './model.ts'
import { totalOf } from './profile.ts'
import type { Activity } from './profile.ts'
import type { Range } from './spread.ts'
import { gainsByWaiting, verdictText } from './verdict-text.ts'

/** What the estimate is told with. */
export interface EstimateContext {
  /** Of the terminal; `Infinity` for a file or a pipe. */
  readonly columns: number
  /** Where it was written as JSON. */
  readonly json: string | undefined
  /** The words of a command that does the work with the recommended settings. */
  readonly command: readonly string[]
}

type Style = Parameters<typeof paint>[0]

const MARKS: Readonly<Record<Conclusion, [mark: string, style: Style]>> = {
  pays: ['✓', ['bold', 'green']],
  even: ['·', ['bold']],
  loses: ['✗', ['bold', 'yellow']],
  noisy: ['?', ['bold', 'yellow']],
  short: ['?', ['bold', 'yellow']],
}

/** The estimate for a person: the answer first, then what it rests on. */
export function estimateText(estimate: Estimate, context: EstimateContext): string {
  const { columns } = context
  const blocks = [
    headline(estimate, columns),
    basis(estimate, columns),
    ...(estimate.rounds === 0 ? [] : [table(estimate), others(estimate, columns)]),
    activities(estimate),
    foretold(estimate, columns),
    ends(estimate, context),
  ]
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`
}

function headline(estimate: Estimate, columns: number): string {
  const [mark, style] = MARKS[markedAs(estimate)]
  const [first = '', ...rest] = wrap(`${mark} ${verdictText(estimate)}`, Math.max(16, columns - 2))
  const colon = first.indexOf(':')
  const end = colon < 0 ? first.length : colon
  return [paint(style, first.slice(0, end)) + first.slice(end), ...rest.map((line) => `  ${line}`)].join('\n')
}

/** What waits gains by another option than threads: that these gain nothing is no bad news. */
function markedAs(estimate: Estimate): Conclusion {
  const { conclusion, isWaiting } = estimate
  if (conclusion !== 'short' && gainsByWaiting(estimate)) return 'pays'
  return isWaiting && conclusion === 'loses' ? 'even' : conclusion
}

function basis(
  { sample, input, rounds, threads, shardSizes, settings: { concurrency } }: Estimate,
  columns: number,
): string {
  const all = ofAll(sample, input)
  const bytes =
    input.bytes === undefined ? megabytes(sample.bytes) : `${megabytes(sample.bytes)} of ${megabytes(input.bytes)}`
  const what = sample.isWhole
    ? `all ${counted(sample.tasks, 'record')}, ${megabytes(sample.bytes)}`
    : `the first ${whole(sample.tasks)} ${all}, ${bytes}`
  const sides = threads.length + 1 + shardSizes.length
  const atOnce = concurrency === undefined ? '' : `, with ${counted(concurrency, 'record')} at once`
  return [
    labelled('sample', what, columns, 'dim'),
    labelled(
      'measured',
      `${counted(rounds, 'round')} of ${sides} sides, each in a fresh process${atOnce}`,
      columns,
      'dim',
    ),
  ].join('\n')
}

function ofAll({ tasks }: Estimate['sample'], { tasks: all, tasksFrom }: Estimate['input']): string {
  if (all === undefined) return 'records from the head'
  // Who says so knows, and what was read is no less of a sample.
  if (tasks > all) return `records, more than the ${whole(all)} of --tasks`
  return `of ${tasksFrom === 'bytes' ? 'about ' : ''}${counted(all, 'record')}`
}

function table({ loop, threads }: Estimate): string {
  const rows = [
    { name: 'one loop', figures: loop, speedUp: undefined, efficiency: undefined },
    ...threads.map((side) => ({
      name: counted(side.threads, 'thread'),
      figures: side,
      speedUp: side.speedUp,
      efficiency: side.efficiency,
    })),
  ]
  const head = `  ${''.padEnd(LABEL_WIDTH)}${'records'.padStart(12)}${'MB/s'.padStart(9)}   ${'speed-up'.padEnd(20)}efficiency`
  const lines = rows.map(({ name, figures, speedUp, efficiency }) => {
    const rates = `${rate(figures.tasksPerSecond).padStart(12)}${perSecond(figures).padStart(9)}`
    const up = (speedUp === undefined ? '1' : speedText(speedUp)).padEnd(20)
    const share = efficiency === undefined ? '' : `${Math.round(efficiency * 100)}%`.padStart(10)
    return `  ${name.padEnd(LABEL_WIDTH)}${rates}   ${up}${share}`.trimEnd()
  })
  return [paint('dim', head), ...lines].join('\n')
}

/** `1.87 (1.80 to 1.92)` */
function speedText({ mid, low, high }: Range): string {
  return `${mid.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)})`
}

function others({ shardSizes, concurrencies, recommended }: Estimate, columns: number): string {
  const rows: string[] = []
  if (shardSizes.length > 0) {
    const each = shardSizes.map(({ shardSize, speed }) => `${short(shardSize)}: ${speed.mid.toFixed(2)}`)
    const text =
      recommended.shardSize === undefined
        ? 'none is sure to be faster than its own choice'
        : `${whole(recommended.shardSize)} is faster`
    rows.push(labelled('shard size', `${each.join(', ')} times its own choice's speed; ${text}`, columns, 'dim'))
  }
  if (concurrencies.length > 0) {
    const each = concurrencies.map(
      ({ concurrency, tasksPerSecond }) => `${concurrency ?? 'auto'}: ${rate(tasksPerSecond)}`,
    )
    rows.push(labelled('at once', `${each.join(', ')}; each tried once, before the rounds`, columns, 'dim'))
  }
  return rows.join('\n')
}

const ACTIVITY_TEXTS: Readonly<Record<Activity, string>> = {
  verify: 'the verifier, and what it calls',
  parse: 'records from bytes',
  cut: 'where records begin and end',
  read: 'from the disk',
  merge: 'outcomes, counted and in order',
  dispatch: 'messages, and the loop around each record',
  collection: 'garbage of the parser and the verifier',
  other: 'native code that belongs to nobody',
}
const BAR = 12

/** Where the processor time goes, the most first. */
function activities({ activities: measured }: Estimate): string {
  if (measured === undefined) return ''
  const total = totalOf(measured)
  const rows = Object.entries(measured).toSorted(([, a], [, b]) => b - a)
  const most = rows[0]?.[1] ?? 0
  const head = paint(
    'dim',
    `  ${'each record'.padEnd(LABEL_WIDTH)}${time(total / 1000)} of processor time; shares by the profiler`,
  )
  const lines = rows.map(([name, us]) => {
    const length = Math.max(us > 0 ? 1 : 0, Math.round((us / most) * BAR))
    const bar = paint('green', '━'.repeat(length)) + ' '.repeat(BAR - length)
    const share = percent(us, total).padStart(6)
    // Its keys are the activities.
    return `  ${name.padEnd(LABEL_WIDTH)}${bar} ${share}  ${paint('dim', ACTIVITY_TEXTS[name as Activity])}`
  })
  return [head, ...lines].join('\n')
}

function foretold(estimate: Estimate, columns: number): string {
  const { predicted, rounds, conclusion } = estimate
  if (rounds === 0) return ''
  const rows: string[] = []
  if (predicted !== undefined) {
    const about = estimate.input.tasksFrom === 'bytes' ? 'about ' : ''
    const what = `${rangeText(predicted.runMs)} for ${about}${counted(predicted.tasks, 'record')} on ${counted(predicted.threads, 'thread')}`
    rows.push(labelled('predicted', `${what}, and ${time(predicted.startMs)} to start`, columns, 'bold'))
    rows.push(labelled('', `one plain loop: ${rangeText(predicted.loopMs)}, its start included`, columns, 'dim'))
  } else {
    rows.push(
      labelled('predicted', 'nothing: how many records there are is not known. Say it with --tasks.', columns, 'bold'),
    )
  }
  if (conclusion !== 'short') rows.push(labelled('model', modelText(estimate), columns, 'dim'))
  return rows.join('\n')
}

function modelText({ model, threads, conclusion }: Estimate): string {
  const error = model.error === undefined ? '' : `${percent(model.error, 1)} off for a round it has not seen`
  // One number of threads, or a busy machine, tells nothing of what threads share.
  if (threads.length < 2 || conclusion === 'noisy') return error
  return `${error}; ${percent(serialShare(model), 1)} of a record's time is not shared by threads`
}

/** `12.4 s (11.9 to 13.1)` */
export function rangeText({ mid, low, high }: Range): string {
  const [least, middle, most] = [low, mid, high].map(time)
  if (least === undefined || middle === undefined || most === undefined || (least === middle && middle === most))
    return middle ?? ''
  const unit = / \S+$/.exec(middle)?.[0]
  const isOneUnit = unit !== undefined && least.endsWith(unit) && most.endsWith(unit)
  return `${middle} (${isOneUnit ? least.slice(0, -unit.length) : least} to ${isOneUnit ? most.slice(0, -unit.length) : most})`
}

function ends(estimate: Estimate, { columns, json, command }: EstimateContext): string {
  const { recommended, warnings, conclusion } = estimate
  const rows = warnings.map((warning) => labelled('warning', warning, columns, 'yellow'))
  const isKnown = conclusion !== 'short' && (conclusion !== 'noisy' || gainsByWaiting(estimate))
  // Crashes were seen, however little else is known.
  const { pool } = recommended
  const set = settingWords(isKnown ? recommended : pool === undefined ? {} : { pool })
  if (isKnown || set.length > 0)
    rows.push(labelled('set', set.length === 0 ? 'nothing' : set.join(' '), columns, 'cyan'))
  if (json !== undefined && json !== '-') rows.push(labelled('written', `${json}: the estimate`, columns, 'dim'))
  if (isKnown) rows.push(labelledCommand('next', command, columns, 'cyan'))
  return rows.join('\n')
}

/** The recommended settings as options. */
export function settingWords({ threads, concurrency, shardSize, pool }: Estimate['recommended']): readonly string[] {
  return [
    ...(threads === undefined ? [] : [`--threads ${threads}`]),
    ...(concurrency === undefined ? [] : [`--concurrency ${concurrency}`]),
    ...(shardSize === undefined ? [] : [`--shard-size ${shardSize}`]),
    ...(pool === undefined ? [] : [`--pool ${pool}`]),
  ]
}

function megabytes(bytes: number): string {
  const mb = bytes / 1e6
  return mb >= 10
    ? `${whole(mb)} MB`
    : mb >= 0.1
      ? `${mb.toFixed(1)} MB`
      : `${Math.max(1, Math.round(bytes / 1000))} kB`
}

function perSecond({ bytesPerSecond }: SideFigures): string {
  const mb = bytesPerSecond / 1e6
  return mb >= 10 ? whole(mb) : mb >= 0.1 ? mb.toFixed(1) : mb.toFixed(3)
}
