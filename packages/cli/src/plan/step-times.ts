import type { Outcome } from '@fanfold/core'
import type { RecordTimes } from './foretell.ts'
import { criticalPath } from './steps.ts'
import type { CriticalPath, Step } from './steps.ts'

/** What a check took, over the records for which it ran. */
export interface StepTimes {
  readonly records: number
  /** ms; 0 where it never ran. */
  readonly meanMs: number
  readonly p50Ms: number
  readonly maxMs: number
}

/** What the checks of a sample took, one record after the other. */
export class SampleTimes {
  readonly #steps: readonly Step[]
  readonly #durations: number[][]
  readonly #criticalPaths: number[] = []
  #sequentialMs = 0

  constructor(steps: readonly Step[]) {
    this.#steps = steps
    this.#durations = steps.map(() => [])
  }

  /** One that was aborted is not counted: not all of its checks have ended. */
  add({ status, checks = {} }: Outcome): void {
    if (status === 'aborted') return
    const durations = this.#steps.map(({ name }, place) => {
      const check = checks[name]
      if (check === undefined || check.attempts === 0) return 0
      this.#durations[place]!.push(check.durationMs)
      return check.durationMs
    })
    this.#sequentialMs += sumOf(durations)
    this.#criticalPaths.push(criticalPath(this.#steps, durations).ms)
  }

  get records(): number {
    return this.#criticalPaths.length
  }

  steps(): readonly StepTimes[] {
    return this.#durations.map((all) => ({
      records: all.length,
      meanMs: sumOf(all) / Math.max(1, all.length),
      p50Ms: middleOf(all),
      maxMs: mostOf(all),
    }))
  }

  /** @param cpuMs - of all records together */
  perRecord(cpuMs: number): RecordTimes {
    const records = Math.max(1, this.records)
    return {
      sequentialMs: this.#sequentialMs / records,
      criticalMs: sumOf(this.#criticalPaths) / records,
      cpuMs: cpuMs / records,
      halfCriticalMs: middleOf(this.#criticalPaths),
      slowestMs: mostOf(this.#criticalPaths),
    }
  }

  /** By mean times: records may have others, where checks are about as slow as each other. */
  path(): CriticalPath {
    const means = this.steps().map(({ meanMs, records }) => (meanMs * records) / Math.max(1, this.records))
    return criticalPath(this.#steps, means)
  }
}

function sumOf(times: readonly number[]): number {
  return times.reduce((sum, each) => sum + each, 0)
}

function mostOf(times: readonly number[]): number {
  return times.reduce((most, each) => Math.max(most, each), 0)
}

function middleOf(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor((times.length - 1) / 2)] ?? 0
}
