import { counted, percent, time, whole } from '../figures.ts'
import type { Estimate } from './estimate-file.ts'
import { LEAST_GAIN, LEAST_ROUNDS, mostByCpu } from './conclude.ts'
import { serialShare } from './model.ts'
import type { Range } from './spread.ts'

/** Records that cost less than this in a plain loop are hardly worth sending to a thread, ms. */
const CHEAP_MS = 0.002
/** More than this share of the work on the main thread is what holds a run back. */
const MOSTLY_SERIAL = 0.5

/** What has come of it, in a sentence, and what follows from it in another. */
export function verdictText(estimate: Estimate): string {
  const { conclusion, isWaiting } = estimate
  if (conclusion === 'short') return tooShort(estimate)
  if (gainsByWaiting(estimate) || (isWaiting && conclusion !== 'noisy')) return waits(estimate)
  const threads = bestThreads(estimate)
  const compared = `${counted(threads, 'thread')} ${threads === 1 ? 'is' : 'are'} ${timesText(estimate.gain)} as fast as one plain loop`
  switch (conclusion) {
    case 'noisy':
      return tooNoisy(estimate)
    case 'pays':
      return `fan-out pays: ${compared}`
    case 'even':
      return `it hardly matters: ${compared}`
    case 'loses':
      return `fan-out does not pay: ${compared}; ${why(estimate)}`
  }
}

/** `1.9 times`, with its range where that says something. */
function timesText({ mid, low, high }: Range): string {
  const [least, middle, most] = [low, mid, high].map(short)
  return least === most ? `${middle} times` : `${middle} times (${least} to ${most})`
}

function short(times: number): string {
  return times >= 9.95 ? whole(Math.round(times)) : times >= 0.995 ? times.toFixed(1) : times.toFixed(2)
}

/** As many as are recommended, or as a run has by itself. */
function bestThreads({ recommended, predicted, threads, made }: Estimate): number {
  return (
    predicted?.threads ??
    recommended.threads ??
    threads.find((one) => one.threads === made.cores)?.threads ??
    threads.at(-1)?.threads ??
    1
  )
}

function why(estimate: Estimate): string {
  const { made, predicted, loop, model } = estimate
  const eachMs = 1000 / loop.tasksPerSecond
  if (made.cores === 1) return 'this machine gives one core'
  // Without the starts it would have paid.
  if (predicted !== undefined && (predicted.loopMs.mid - loop.startMs) / predicted.runMs.mid >= LEAST_GAIN)
    return `the input is too small: all of it takes ${time(predicted.loopMs.mid - loop.startMs)} in one loop, and starting threads alone ${time(predicted.startMs)}`
  if (eachMs < CHEAP_MS)
    return `the records are too cheap (${time(eachMs)} each): to hand one to a thread costs about as much`
  if (serialShare(model) > MOSTLY_SERIAL)
    return `${percent(serialShare(model), 1)} of the work is not shared by more threads`
  return 'whatever the verifier waits for, it is not a core'
}

/** Several records at once are so much faster that no other program can be the reason. */
export function gainsByWaiting(estimate: Estimate): boolean {
  const times = timesAtOnce(estimate)
  return times !== undefined && times > 1 + estimate.noise
}

/** How many times as fast the recommended number of records at once is as what a run finds by itself. */
function timesAtOnce({ isWaiting, concurrencies, recommended }: Estimate): number | undefined {
  const [first] = concurrencies
  const chosen = concurrencies.find(({ concurrency }) => concurrency === recommended.concurrency)
  if (!isWaiting || first === undefined || chosen === undefined || chosen === first) return undefined
  return chosen.tasksPerSecond / first.tasksPerSecond
}

function waits(estimate: Estimate): string {
  const { recommended, conclusion } = estimate
  const threads =
    conclusion === 'noisy'
      ? 'what threads gain, the machine was too busy to tell'
      : `threads gain ${threadGain(estimate)}`
  const times = timesAtOnce(estimate)
  if (times === undefined) return `the verifier waits for something else than a core: ${threads}`
  return `the verifier waits: ${whole(recommended.concurrency ?? 1)} records at once are ${short(times)} times as fast as what a run comes to by itself; ${threads}`
}

function threadGain({ gain }: Estimate): string {
  if (gain.high < 1) return 'nothing'
  return gain.low < LEAST_GAIN ? 'next to nothing' : `${timesText(gain)} more`
}

function tooShort({ rounds }: Estimate): string {
  const what = rounds === 0 ? 'not a single round' : `only ${counted(rounds, 'round')}`
  return `too little time to conclude: ${what} fitted into the budget, and it takes ${LEAST_ROUNDS}. Raise --budget, or give a smaller --sample.`
}

function tooNoisy({ noise, gain, loop, threads }: Estimate): string {
  const most = mostByCpu(loop, threads)
  return (
    `too noisy to conclude: the same side differed by ${Math.round(noise * 100)}% between rounds, and the gain may be ` +
    `anything from ${short(gain.low)} to ${short(gain.high)} times${most === undefined ? '' : ` (by processor time alone, at most ${short(most)})`}. ` +
    'Close other programs and repeat, or raise --budget.'
  )
}
