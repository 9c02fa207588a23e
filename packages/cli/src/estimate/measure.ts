import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { badUsage } from '../problem.ts'
import { measureInFreshProcess } from './fresh-process.ts'
import { concurrencies, isWaiting, sampleTasks, shardSizes } from './plan.ts'
import type { Probe } from './plan.ts'
import { readProfiles } from './profile.ts'
import type { Activities } from './profile.ts'
import { runRounds } from './rounds.ts'
import type { Measurement, Round } from './rounds.ts'
import type { Sample } from './sample.ts'
import { writeSample } from './sample-file.ts'
import type { SampleFile } from './sample-file.ts'
import { sideName } from './side.ts'
import type { LoopSide, Measured, RunSide, Side, Subject } from './side.ts'

/** What is asked for. */
export interface Task {
  readonly subject: Subject
  readonly sample: Sample
  readonly threads: readonly number[]
  /** Given by the user; else a few are tried for a verifier that waits. */
  readonly concurrency: number | undefined
  /** How many records to measure with; `undefined`: by their cost. */
  readonly sampleTasks: number | undefined
  readonly budgetMs: number
  readonly signal: AbortSignal
  readonly onStep: (step: Step) => void
}

/** What is being done, for the progress. */
export interface Step {
  readonly text: string
  /** Of the budget, 0 to 1. */
  readonly share: number
}

/** Everything that was measured. */
export interface Findings {
  readonly isWaiting: boolean
  /** Chosen for all runs; `undefined`: what a run finds by itself. */
  readonly concurrency: number | undefined
  readonly whole: SampleFile
  readonly small: SampleFile
  readonly sides: { readonly loop: LoopSide; readonly runs: readonly RunSide[] }
  readonly shards: readonly RunSide[]
  readonly rounds: readonly Round[]
  readonly concurrencies: readonly { readonly concurrency: number | undefined; readonly measured: Measured }[]
  /** Processor time in ms of a run of the whole sample. */
  readonly activities: Activities | undefined
}

/** The small sample has one record of so many: the difference between the two tells what does not grow with the tasks. */
const SMALL_STEP = 4
/** A first look at the records. */
const PROBE_BYTES = 4 * 2 ** 20
const PROBE_MS = 1_000
/** With many records at once a sample of the same time has many times the records: as many as the most that is tried. */
const WAITING_FACTOR = 64
/** How long one measurement may take beyond what is foreseen, ms. */
const GIVE_UP_MS = 60_000
/** What a run comes to by itself of a verifier that waits; the plain loop beside it gets as many. */
const BY_ITSELF = 50
/** A higher concurrency, and the first number that is tried, has to gain more than this. */
const LEAST_STEP = 1.05

/**
 * Probes, samples, and measures all sides in rounds.
 *
 * @throws {FanfoldError} when the verifier cannot be started, or its process dies; the signal's reason
 */
export async function measure(task: Task): Promise<Findings> {
  const folder = await mkdtemp(join(tmpdir(), 'fanfold-estimate-'))
  try {
    return await measureIn(folder, task)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function measureIn(folder: string, task: Task): Promise<Findings> {
  const { sample, threads, budgetMs, onStep } = task
  const most = Math.max(...threads)
  const probe = await probeIn(folder, task)
  const waiting = isWaiting(probe)
  const wanted = task.sampleTasks ?? sampleTasks(probe, budgetMs, most) * (waiting ? WAITING_FACTOR : 1)
  await sample.readTo(wanted, task.signal)
  let files = await writeBoth(folder, sample, Math.min(wanted, sample.tasks))
  const tried = waiting && task.concurrency === undefined ? await tryConcurrencies(task, files, most) : []
  const best = bestConcurrency(tried)
  const concurrency = task.concurrency ?? best?.concurrency
  if (best !== undefined && task.sampleTasks === undefined) {
    const msPerTask = best.measured.elapsedMs / best.measured.tasks
    files = await writeBoth(folder, sample, Math.min(sampleTasks({ msPerTask }, budgetMs, most), files.whole.tasks))
  }
  const { whole, small } = files
  const measured = (side: Side, file: SampleFile): Promise<Measured> => measureSide(task, side, file)
  const loop = { kind: 'loop', concurrency: waiting ? (concurrency ?? Math.max(most, BY_ITSELF)) : 1 } as const
  const runs = threads.map((count): RunSide => ({ kind: 'run', threads: count, concurrency, shardSize: undefined }))
  const sizes = waiting ? [] : shardSizes(probe, whole.tasks, most)
  const shards = sizes.map((shardSize): RunSide => ({ kind: 'run', threads: most, concurrency, shardSize }))
  const sides: readonly Measurement[] = [
    ...[loop, ...runs].flatMap((side) => [
      { side, size: 'whole' as const },
      { side, size: 'small' as const },
    ]),
    ...shards.map((side) => ({ side, size: 'whole' as const })),
  ]
  const rounds = await runRounds(sides, {
    budgetMs,
    measure: ({ side, size }) => measured(side, size === 'whole' ? whole : small),
    onStep: (round, { side }, share) => onStep({ text: `round ${round}: ${sideName(side)}`, share }),
  })
  onStep({ text: 'where the time goes', share: 1 })
  const profiled: RunSide = { kind: 'run', threads: most, concurrency, shardSize: undefined }
  const activities = await profile(folder, task, profiled, whole)
  return {
    isWaiting: waiting,
    concurrency,
    whole,
    small,
    sides: { loop, runs },
    shards,
    rounds,
    concurrencies: tried,
    activities,
  }
}

interface Files {
  readonly whole: SampleFile
  readonly small: SampleFile
}

async function writeBoth(folder: string, sample: Sample, tasks: number): Promise<Files> {
  return {
    whole: await writeSample(sample, join(folder, 'whole'), tasks, 1),
    small: await writeSample(sample, join(folder, 'small'), tasks, SMALL_STEP),
  }
}

/** A short run of the plain loop over the first records; in stretches that double, to stop in time. */
async function probeIn(folder: string, task: Task): Promise<Probe> {
  const { sample, onStep, subject, signal } = task
  onStep({ text: 'a first look', share: 0 })
  const most = task.sampleTasks ?? Infinity
  for (let tasks = 1; !sample.isWhole && sample.bytes < PROBE_BYTES && sample.tasks < most; tasks *= 2)
    await sample.readTo(Math.min(tasks, most), signal, PROBE_BYTES)
  const first = await writeSample(sample, join(folder, 'first'), sample.tasks, 1)
  if (first.tasks === 0) throw badUsage('the inputs have no records, so that nothing can be measured.')
  const side = { kind: 'loop', concurrency: 1 } as const
  const request = { side, subject, sample: first, stopAfterMs: PROBE_MS }
  const measured = await measureInFreshProcess(request, { signal, giveUpAfterMs: GIVE_UP_MS })
  if (measured.completed === 0) await refuseWithoutVerdict(task, first)
  const { tasks, promised, elapsedMs, waitingShare, warmMsPerTask = elapsedMs / tasks } = measured
  return {
    msPerTask: Math.max(warmMsPerTask, 1e-6),
    bytesPerTask: first.bytes / first.tasks,
    isAsync: promised > tasks / 2,
    waitingShare,
  }
}

/**
 * How fast a verifier fails says nothing of how fast it verifies. Why it fails a run tells, and not the loop; where that has
 * verdicts, there is something to go by.
 */
async function refuseWithoutVerdict(task: Task, first: SampleFile): Promise<void> {
  const side: RunSide = { kind: 'run', threads: 1, concurrency: undefined, shardSize: undefined }
  const { completed, firstError = 'no error was told' } = await measureSide(task, side, first)
  if (completed > 0) return
  const limits = firstError.startsWith('FANFOLD_LIMIT_UNKNOWN')
    ? ' A verifier that uses limits cannot be estimated: the plain loop that it is compared with knows none.'
    : ' Mend that first; fanfold verify tells more.'
  throw badUsage(
    `nothing to measure: every record fails: ${firstError}${/[.!?]$/.test(firstError) ? '' : '.'}${limits}`,
  )
}

function measureSide({ subject, signal, budgetMs }: Task, side: Side, file: SampleFile): Promise<Measured> {
  const request = { side, subject, sample: file, stopAfterMs: undefined }
  return measureInFreshProcess(request, { signal, giveUpAfterMs: GIVE_UP_MS + budgetMs * 2 })
}

type Tried = Findings['concurrencies'][number]

/** Lower ones take longer, and get by with the small sample. */
const FEW_AT_ONCE = 4

async function tryConcurrencies(task: Task, { whole, small }: Files, threads: number): Promise<readonly Tried[]> {
  const tried: Tried[] = []
  for (const concurrency of [undefined, ...concurrencies(threads, whole.tasks)]) {
    const side: RunSide = { kind: 'run', threads, concurrency, shardSize: undefined }
    task.onStep({ text: sideName(side), share: 0 })
    const isFew = concurrency !== undefined && concurrency <= FEW_AT_ONCE * threads
    tried.push({ concurrency, measured: await measureSide(task, side, isFew ? small : whole) })
  }
  return tried
}

/** The highest after which nothing more was gained. */
function bestConcurrency(tried: readonly Tried[]): Tried | undefined {
  let [best] = tried
  for (const next of tried.slice(1)) if (best !== undefined && rateOf(next) / rateOf(best) > LEAST_STEP) best = next
  return best
}

function rateOf({ measured: { tasks, elapsedMs } }: Tried): number {
  return tasks / elapsedMs
}

/** One more run, under the profiler, which makes it slower: its times are compared with one another only. */
async function profile(
  folder: string,
  { subject, signal }: Task,
  side: RunSide,
  sample: SampleFile,
): Promise<Activities | undefined> {
  const profiles = join(folder, 'profiles')
  const flags = ['--cpu-prof', `--cpu-prof-dir=${profiles}`, '--cpu-prof-interval=500']
  // Child processes would each be profiled from their start on; what they do is what threads do.
  const request = { side, subject: { ...subject, pool: 'threads' as const }, sample, stopAfterMs: undefined }
  await measureInFreshProcess(request, { signal, giveUpAfterMs: GIVE_UP_MS * 2, flags })
  const activities = await readProfiles(profiles).catch(() => undefined)
  return activities === undefined || activities.verify + activities.parse === 0 ? undefined : activities
}
