import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { BenchCase, CaseOptions } from './bench-case.ts'
import type { Measurement, SideRequest } from './measure-side.ts'
import { spreadOf } from './ratios.ts'

/** Timed runs in one process; their median is the side's time in that round. */
const ITERATIONS = 3

/** One round: every side once, each in a fresh process. */
export type Round = Readonly<Record<string, Measurement>>

/**
 * Runs the sides of a case round after round. Every other round goes through them backwards, so that none always
 * follows the same neighbour, and what changes slowly (heat, caches, a noisy machine) falls on all alike.
 */
export async function runRounds(
  benchCase: BenchCase,
  options: CaseOptions,
  count: number,
  onSide: (round: number, side: string) => void,
): Promise<readonly Round[]> {
  const rounds: Round[] = []
  for (let round = 0; round < count; round++) {
    const measured: Record<string, Measurement> = {}
    const names = benchCase.sides.map(({ name }) => name)
    for (const side of round % 2 === 0 ? names : names.toReversed()) {
      onSide(round, side)
      measured[side] = await inFreshProcess({ benchCase: benchCase.name, side, ...options, iterations: ITERATIONS })
    }
    rounds.push(measured)
  }
  return rounds
}

/** µs a task, by round. */
export function warmMicroseconds(rounds: readonly Round[], side: string): number[] {
  return rounds.map((round) => perTask(round[side], ({ samplesMs }) => spreadOf(samplesMs).median))
}

/** µs a task in a process's first run, by round. */
export function firstMicroseconds(rounds: readonly Round[], side: string): number[] {
  return rounds.map((round) => perTask(round[side], ({ firstMs }) => firstMs))
}

/** Processor time of all threads together, µs a task, by round. */
export function cpuMicroseconds(rounds: readonly Round[], side: string): number[] {
  return rounds.map((round) => perTask(round[side], ({ cpuMs }) => cpuMs))
}

function perTask(measurement: Measurement | undefined, ms: (measurement: Measurement) => number): number {
  return measurement === undefined ? NaN : (ms(measurement) * 1000) / measurement.tasks
}

async function inFreshProcess(request: SideRequest): Promise<Measurement> {
  const child = fork(fileURLToPath(new URL('./side-process.ts', import.meta.url)))
  child.send(request)
  let measurement: Measurement | undefined
  // The child is side-process.ts, which sends this and nothing else.
  child.once('message', (message) => (measurement = message as Measurement))
  const [code] = (await once(child, 'exit')) as [number | null]
  if (code !== 0 || measurement === undefined) {
    throw new Error(`${request.benchCase}: ${request.side} did not validate, or broke (exit ${code}); see above`)
  }
  return measurement
}
