import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { BenchCase, CaseOptions } from './bench-case.ts'
import type { Measurement, SideRequest } from './measure-side.ts'

const ITERATIONS = 3
/** Far more than any side takes: one that hangs is broken. */
const SIDE_TIMEOUT_MS = 5 * 60_000

/** One round: every side once, each in a fresh process. */
export type Round = Readonly<Record<string, Measurement>>

/** Why sides were left out, by their names. */
export type Missing = Readonly<Record<string, string>>

export interface RoundsOptions extends CaseOptions {
  readonly rounds: number
  /**
   * Timed runs in one process, at most; their median is the side's time in that round. The case's own number by default.
   */
  readonly iterations?: number | undefined
}

/** The sides that cannot run here. */
export function missingSides({ sides }: BenchCase): Missing {
  return Object.fromEntries(
    sides.flatMap((side) => {
      const reason = side.missing?.()
      return reason === undefined ? [] : [[side.name, reason] as const]
    }),
  )
}

/**
 * Runs the sides of a case round after round. Every other round goes through them backwards, so that none always
 * follows the same neighbour, and what changes slowly (heat, caches, a noisy machine) falls on all alike.
 *
 * @throws when a side breaks, or finds something else than what was planted.
 */
export async function runRounds(
  benchCase: BenchCase,
  options: RoundsOptions,
  missing: Missing,
  onSide: (round: number, side: string) => void,
): Promise<readonly Round[]> {
  const { tasks, threads, iterations = benchCase.iterations ?? ITERATIONS } = options
  const names = benchCase.sides.map(({ name }) => name).filter((name) => !Object.hasOwn(missing, name))
  const rounds: Round[] = []
  for (let round = 0; round < options.rounds; round++) {
    const measured: Record<string, Measurement> = {}
    for (const side of round % 2 === 0 ? names : names.toReversed()) {
      onSide(round, side)
      measured[side] = await inFreshProcess({ benchCase: benchCase.name, side, tasks, threads, iterations })
    }
    rounds.push(measured)
  }
  return rounds
}

async function inFreshProcess(request: SideRequest): Promise<Measurement> {
  const child = fork(fileURLToPath(new URL('./side-process.ts', import.meta.url)), {
    timeout: SIDE_TIMEOUT_MS,
    killSignal: 'SIGKILL',
  })
  child.send(request)
  let measurement: Measurement | undefined
  // The child is side-process.ts, which sends this and nothing else.
  child.once('message', (message) => (measurement = message as Measurement))
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null]
  if (code !== 0 || measurement === undefined) {
    const how = signal === null ? `exit code ${code}` : `${signal}; after ${SIDE_TIMEOUT_MS / 1000} s it is ended`
    throw new Error(`${request.benchCase}: ${request.side} did not validate, or broke (${how}); see above`)
  }
  return measurement
}
