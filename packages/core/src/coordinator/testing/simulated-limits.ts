import { heldIn } from '../limits.ts'
import type { LimitName } from '../events.ts'
import type { LimitSettings } from '../../policy/limits/limit-settings.ts'
import type { CoordinatorState } from '../state.ts'
import { must } from './must.ts'

/** What downstreams see of the calls that all threads make, held against what their limits allow. */
export class SimulatedLimits {
  /** All that held once: what was granted before may still come. */
  readonly #settings: ReadonlyMap<LimitName, LimitSettings[]>
  readonly #starts = new Map<LimitName, number[]>()
  readonly #due = new Map<LimitName, number>()

  constructor(limits: Readonly<Record<LimitName, LimitSettings>>) {
    this.#settings = new Map(Object.entries(limits).map(([name, settings]) => [name, [settings]]))
  }

  hasRate(limit: LimitName): boolean {
    return this.#settings.get(limit)![0]!.rate !== undefined
  }

  updated(limit: LimitName, settings: LimitSettings): void {
    this.#settings.get(limit)!.push(settings)
  }

  /** The most permits that any of them ever had, and so what a run may come to by itself. */
  get ceiling(): number {
    const all = [...this.#settings.values()].flat()
    return all.length === 0 ? 50 : Math.max(...all.map(({ maxConcurrency }) => maxConcurrency))
  }

  /** @param atOnce - calls that are under way, this one included */
  began(limit: LimitName, atOnce: number, nowMs: number): void {
    const most = Math.max(...this.#settings.get(limit)!.map(({ maxConcurrency }) => maxConcurrency))
    must(atOnce <= most, `${atOnce} calls of ${limit} are under way, at most ${most} allowed`)
    const starts = this.#starts.get(limit) ?? []
    starts.push(nowMs)
    this.#starts.set(limit, starts)
    const { rate } = this.#settings.get(limit)![0]!
    if (rate === undefined) return
    const inWindow = starts.filter((at) => at > nowMs - rate.perMs).length
    must(inWindow <= rate.count, `${inWindow} calls of ${limit} in ${rate.perMs} ms, at most ${rate.count} allowed`)
  }

  wait(limit: LimitName, dueAtMs: number): void {
    this.#due.set(limit, dueAtMs)
  }

  /** A timer that runs, and when it fires. */
  get timer(): { readonly limit: LimitName; readonly atMs: number } | undefined {
    const [first] = this.#due
    return first === undefined ? undefined : { limit: first[0], atMs: first[1] }
  }

  fired(limit: LimitName): void {
    this.#due.delete(limit)
  }

  /** Nothing can happen any more: every permit has to be back. */
  checkEnd({ limits }: Readonly<CoordinatorState>): void {
    for (const limit of limits.values()) {
      must(heldIn(limit) === 0, `${heldIn(limit)} permits of ${limit.name} were never given back`)
      must(limit.window === undefined || limit.window.open === 0, `starts of ${limit.name} were never made`)
      must(
        limit.lanes.every(({ waiting }) => waiting === 0),
        `calls of ${limit.name} wait for ever`,
      )
    }
  }
}
