import type { Concurrency } from '../../options.ts'
import { NEVER } from '../../policy/recycling.ts'
import type { Recycling } from '../../policy/recycling.ts'
import type { LimitSettings } from '../../policy/limits/limit-settings.ts'
import type { CutShort, LimitName, RunSettings } from '../events.ts'
import type { CheckTerms } from '@fanfold/workers/protocol'
import { drawChain, drawChecks } from './chain-scenario.ts'
import type { CheckNature } from './chain-scenario.ts'
import { ONE_PERMIT } from './limit-use.ts'
import { Random } from './random.ts'

/** What a task does, whoever runs it and when: all that the oracle has to know. */
export type Nature =
  | 'passes'
  | 'throws'
  /** Crashes the first time; then throws, and its thread ends when that is out, but not the shard's end. */
  | 'throwsAndDies'
  /** Throws the first time only. */
  | 'throwsOnce'
  /** Holds its thread for ever. */
  | 'blocks'
  | 'blocksOnce'
  /** Holds its thread for longer than its timeout, but not for ever. */
  | 'late'
  /** Async: its promise never settles. */
  | 'hangs'
  /** Async and innocent: so slow that a neighbour which stands still makes it a suspect. */
  | 'slow'
  | 'crashes'
  /** Takes its thread down the first time only. */
  | 'crashesOnce'
  /** Takes its thread down before a task is started: by being received. */
  | 'poisons'
  | 'unsendable'
  | 'unreadable'

export interface TaskPlan {
  readonly nature: Nature
  readonly bytes: number
  readonly valueBytes: number
  /** Async: the limits through which it makes calls before it comes to its end, each within the one before; of a chain, see there. */
  readonly limits: readonly LimitName[]
  /** Of a chain: what its checks do; then the nature is that of what happens before they begin. */
  readonly checks: readonly CheckNature[]
}

export interface RunPlan {
  readonly id: number
  readonly verifier: number
  /** Of its verifier. */
  readonly checks: readonly CheckTerms[] | undefined
  readonly tasks: readonly TaskPlan[]
  readonly settings: RunSettings
  readonly isAsync: boolean
  readonly sourceBreaks: boolean
  /** The source answers at once, without a promise. */
  readonly isSourceSync: boolean
  readonly isSizeKnown: boolean
  /** `stops`: takes something only when nothing else can happen any more. */
  readonly consumer: 'drains' | 'takes' | 'slow' | 'stops'
  readonly addAt: number
  readonly cancelAt: Partial<Record<CutShort, number>>
  /** Another concurrency holds from then on. */
  readonly update: { readonly at: number; readonly concurrency: Concurrency } | undefined
  readonly breakAt: number | undefined
}

interface VerifierPlan {
  readonly id: number
  readonly addAt: number
  readonly removeAt: number | undefined
  /** Chances that one loading of it fails, or ends its thread. */
  /** It is a chain. */
  readonly checks: readonly CheckTerms[] | undefined
  readonly failing: number
  readonly dying: number
}

/** One schedule's world, all of it drawn from its seed. */
export interface Scenario {
  readonly seed: number
  readonly lanes: number
  readonly verifiers: readonly VerifierPlan[]
  readonly runs: readonly RunPlan[]
  /** Chance that a start of a thread fails. */
  readonly failedStart: number
  /** Chance that a blocked thread cannot be ended. */
  readonly stuck: number
  /** Threads that die, or seem to stand still, without any task's fault. */
  readonly accidents: number
  /** Abandoned tasks that one hanging task counts for: how soon a thread has to be started anew. */
  readonly abandonedEach: number
  readonly assignmentsPerLane: 1 | 2
  /** Whether an answer to `stop` comes with the next messages, as from another process. */
  readonly isAnsweredLater: boolean
  readonly recycling: Recycling
  readonly limits: Readonly<Record<LimitName, LimitSettings>>
  /** A limit that gets other settings on the way. */
  readonly limitUpdate: { readonly at: number; readonly limit: LimitName; readonly settings: LimitSettings } | undefined
}

/** @param size - 1 to 10: how large its parts may be. */
export function drawScenario(seed: number, size: number): Scenario {
  const random = new Random(seed)
  const verifiers = Array.from({ length: random.chance(0.25) ? 2 : 1 }, (_, id) => drawVerifier(random, id + 1))
  const limits = drawLimits(random)
  const mostRuns = random.chance(0.4) ? Math.min(3, 1 + Math.floor(size / 3)) : 1
  const runs = Array.from({ length: random.between(1, mostRuns) }, (_, id) => {
    const { id: verifier, checks } = random.pick(verifiers)
    return drawRun(random, { id: id + 1, verifier, checks, limits: Object.keys(limits) }, size)
  })
  return {
    seed,
    lanes: random.between(1, Math.min(4, 1 + Math.floor(size / 2))),
    verifiers,
    runs,
    failedStart: random.chance(0.2) ? random.pick([0.2, 0.5]) : 0,
    stuck: random.chance(0.3) ? 0.5 : 0,
    accidents: random.chance(0.3) ? random.between(1, 3) : 0,
    abandonedEach: random.pick([1, 5, 16]),
    assignmentsPerLane: random.chance(0.7) ? 2 : 1,
    isAnsweredLater: random.chance(0.3),
    recycling: random.chance(0.7)
      ? NEVER
      : { tasks: random.pick([1, 5, Infinity]), heapMb: random.pick([50, Infinity]) },
    limits,
    limitUpdate: drawUpdate(random, limits),
  }
}

function drawVerifier(random: Random, id: number): VerifierPlan {
  const isBad = random.chance(0.15)
  return {
    id,
    addAt: random.chance(0.8) ? 0 : random.between(0, 40),
    removeAt: random.chance(0.3) ? random.between(0, 200) : undefined,
    checks: random.chance(0.35) ? drawChecks(random) : undefined,
    failing: isBad ? 0.3 : 0,
    dying: isBad ? 0.2 : 0,
  }
}

function drawLimits(random: Random): Scenario['limits'] {
  if (random.chance(0.6)) return {}
  const names = random.chance(0.3) ? ['a', 'b'] : ['a']
  return Object.fromEntries(names.map((name) => [name, drawLimit(random)]))
}

function drawLimit(random: Random): LimitSettings {
  const concurrency = random.between(1, 6)
  const isAdaptive = random.chance(0.3)
  const maxConcurrency = isAdaptive ? concurrency + random.between(0, 6) : concurrency
  const rate = random.chance(0.3) ? { count: random.between(1, 30), perMs: random.pick([20, 200]) } : undefined
  return { ...ONE_PERMIT, concurrency, maxConcurrency, isAdaptive, rate }
}

/** Its rate stays: what was allowed under two of them is not told apart here. */
function drawUpdate(random: Random, limits: Scenario['limits']): Scenario['limitUpdate'] {
  const [name] = Object.keys(limits)
  if (name === undefined || random.chance(0.5)) return undefined
  const { isAdaptive, rate } = limits[name]!
  const { concurrency, maxConcurrency } = drawLimit(random)
  const settings = {
    ...ONE_PERMIT,
    isAdaptive,
    rate,
    concurrency,
    maxConcurrency: isAdaptive ? maxConcurrency : concurrency,
  }
  return { at: random.between(0, 150), limit: name, settings }
}

/** What a run belongs to. */
interface RunPlace {
  readonly id: number
  readonly verifier: number
  readonly checks: readonly CheckTerms[] | undefined
  readonly limits: readonly LimitName[]
}

function drawRun(random: Random, { id, verifier, checks, limits }: RunPlace, size: number): RunPlan {
  const isAsync = random.chance(0.5)
  const badness = random.pick([0, 0.05, 0.2, 0.6])
  const length = random.between(0, size * (random.chance(0.2) ? 12 : 4))
  let unexplained = 0
  const ofValues = random.chance(0.3) ? 20 : 0
  return {
    id,
    verifier,
    checks,
    tasks: Array.from({ length }, () => {
      if (checks !== undefined) {
        const task = drawChain(random, { checks: checks.length, isAsync, badness, ofValues, limits })
        const adds =
          task.checks.filter((nature) => nature === 'crashesOnce').length + (task.nature === 'poisons' ? 1 : 0)
        unexplained += adds
        return adds > 0 && unexplained > MOST_UNEXPLAINED
          ? { ...task, nature: 'passes', checks: checks.map(() => 'passes') }
          : task
      }
      const drawn = drawTask(random, isAsync, badness, ofValues)
      const isLimited = isAsync && limits.length > 0 && random.chance(0.6)
      const task = isLimited ? { ...drawn, limits: drawCalls(random, drawn.nature, limits) } : drawn
      // Where threads keep dying and nobody is to blame, the run is given up; that is tested by itself.
      const adds = UNEXPLAINED[task.nature] ?? 0
      if (adds === 0) return task
      unexplained += adds
      return unexplained > MOST_UNEXPLAINED ? { ...task, nature: 'passes' } : task
    }),
    settings: {
      timeoutMs: 100,
      concurrency: random.chance(0.3) ? 'auto' : isAsync ? random.between(1, 8) : random.between(1, 4),
      shardSize: random.chance(0.2) ? random.between(1, 5) : undefined,
      order: random.chance(0.5) ? 'input' : 'arrival',
      limit: random.chance(0.1) ? random.between(1, 10) : Infinity,
      ...drawPolicy(random),
      readAhead: true,
      isUrgent: random.chance(0.15),
      maxHeldTasks: random.pick([1, 3, 10, 100]),
      maxHeldBytes: random.pick([20, 60, 1000]),
    },
    isAsync,
    sourceBreaks: random.chance(0.1),
    isSourceSync: random.chance(0.5),
    isSizeKnown: random.chance(0.5),
    consumer: random.pick(['drains', 'takes', 'slow', 'stops']),
    addAt: random.chance(0.7) ? 0 : random.between(0, 60),
    cancelAt: drawCancel(random),
    update: random.chance(0.1)
      ? { at: random.between(0, 100), concurrency: random.pick<Concurrency>(['auto', random.between(1, 8)]) }
      : undefined,
    breakAt: random.chance(0.03) ? random.between(0, 150) : undefined,
  }
}

function drawPolicy(random: Random): Pick<RunSettings, 'retry' | 'tolerance' | 'halt' | 'seed' | 'resumed'> {
  const further = (): number => (random.chance(0.6) ? 0 : random.between(1, 3))
  return {
    retry: { retries: further(), timeouts: further(), crashes: further(), backoff: 'exponential', baseMs: 10 },
    tolerance: random.chance(0.7)
      ? undefined
      : random.chance(0.5)
        ? { count: random.between(0, 4) }
        : { percentage: random.pick([0, 5, 30]) },
    halt: random.pick(['never', 'soon', 'soon', 'now']),
    seed: random.between(0, 1e6),
    resumed: random.chance(0.9)
      ? { tasks: 0, unsuccessful: 0 }
      : { tasks: random.between(1, 20), unsuccessful: random.between(0, 1) },
  }
}

function drawCancel(random: Random): RunPlan['cancelAt'] {
  const now = random.between(0, 150)
  if (random.chance(0.85)) return {}
  if (random.chance(0.4)) return { now }
  const soon = random.between(0, 150)
  return random.chance(0.5) ? { soon } : { soon, now: soon + random.between(0, 20) }
}

/** How much each adds to what nobody explains: one that dies after each of its attempts, most. */
const UNEXPLAINED: Partial<Record<Nature, number>> = { poisons: 1, crashesOnce: 1, throwsAndDies: 3 }
const MOST_UNEXPLAINED = 3
const BAD: readonly Nature[] = [
  'throws',
  'throwsAndDies',
  'throwsOnce',
  'blocks',
  'blocksOnce',
  'late',
  'crashes',
  'crashesOnce',
  'poisons',
  'unsendable',
  'unreadable',
]
const BAD_ASYNC: readonly Nature[] = [...BAD, 'hangs', 'hangs', 'hangs', 'slow', 'slow', 'slow']

function drawTask(random: Random, isAsync: boolean, badness: number, ofValues: number): TaskPlan {
  const nature = random.chance(badness) ? random.pick(isAsync ? BAD_ASYNC : BAD) : 'passes'
  const valueBytes = ofValues === 0 ? 0 : random.between(0, ofValues)
  return { nature, bytes: random.between(1, 12), valueBytes, limits: [], checks: [] }
}

/** Where calls wait for one another, one of them gives up: that happens to tasks that would pass, and to no others. */
function drawCalls(random: Random, nature: Nature, limits: readonly LimitName[]): LimitName[] {
  const isNested = nature === 'passes' && random.chance(0.3)
  return isNested ? [random.pick(limits), random.pick(limits)] : [random.pick(limits)]
}
