import { existsSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'
import { end } from '../../cli/testing/fanfold.ts'
import type { Ended, Workplace } from '../../cli/testing/fanfold.ts'

export const BUSY: string = fileURLToPath(new URL('../verifiers/busy.ts', import.meta.url))

/** How a run ends that nobody interrupts. */
export interface Reference {
  readonly out: string
  readonly account: Readonly<Record<string, unknown>>
}

/** What of a summary does not depend on the time, nor on how often the run was begun. */
export function accountIn(place: Workplace, summary: string): Readonly<Record<string, unknown>> {
  const { result, total, sourceExhausted, statuses, verdicts, reasons } = JSON.parse(place.read(summary)) as Record<
    string,
    unknown
  >
  return { result, total, sourceExhausted, statuses, verdicts, reasons }
}

/** One run of the command line with a journal, begun as often as it takes. */
export class JournaledRun {
  readonly #place: Workplace
  readonly #name: string
  readonly #args: readonly string[]
  readonly #order: 'arrival' | 'input'

  constructor(place: Workplace, name: string, order: 'arrival' | 'input', args: readonly string[]) {
    this.#place = place
    this.#name = name
    this.#order = order
    const files = ['--journal', `${name}.journal`, '--out', `${name}.out`, '--summary', `${name}.json`]
    this.#args = ['verify', ...args, ...files, '--order', order, '--no-timings', '--resume']
  }

  size(kind: 'out' | 'journal'): number {
    return statSync(join(this.#place.path, `${this.#name}.${kind}`), { throwIfNoEntry: false })?.size ?? 0
  }

  /** Begins or goes on, and is killed once the moment has come. @returns how it ended, which may be before */
  async killedAt(moment: (pid: number) => boolean): Promise<Ended> {
    const child = this.#place.start(...this.#args)
    const ended = end(child)
    while (child.exitCode === null && child.signalCode === null && !moment(child.pid!)) await delay(1)
    child.kill('SIGKILL')
    return ended
  }

  finish(): Promise<Ended> {
    return this.killedAt(() => false)
  }

  /** Whether the process has the journal's lock: it is about to open it, or has. */
  isLockedBy(pid: number): boolean {
    const lock = join(this.#place.path, `${this.#name}.journal.lock`)
    try {
      return readFileSync(lock, 'utf8').includes(`"pid":${pid}`)
    } catch {
      return false
    }
  }

  /** At any moment: at most one line an index; the last one may be torn. */
  expectNoIndexTwice(): void {
    if (!existsSync(join(this.#place.path, `${this.#name}.out`))) return
    const whole = this.#place.read(`${this.#name}.out`).split('\n').slice(0, -1)
    const indices = whole.map((line) => (JSON.parse(line) as { readonly index: number }).index)
    expect(new Set(indices).size).toBe(indices.length)
  }

  /** Nothing shows of how often it was killed. */
  expectAs({ out, account }: Reference): void {
    const written = this.#place.read(`${this.#name}.out`)
    // As texts: two large lists that differ take minutes to be compared by their elements.
    if (this.#order === 'input') expect(written === out).toBe(true)
    expect(sorted(written) === sorted(out)).toBe(true)
    expect(accountIn(this.#place, `${this.#name}.json`)).toEqual(account)
    expect(existsSync(join(this.#place.path, `${this.#name}.journal.lock`))).toBe(false)
  }

  startOver(): void {
    for (const kind of ['out', 'journal', 'json'])
      rmSync(join(this.#place.path, `${this.#name}.${kind}`), { force: true })
  }
}

function sorted(lines: string): string {
  return lines.split('\n').toSorted().join('\n')
}
