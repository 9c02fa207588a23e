import type { Random } from './random.ts'
import { SimulatedChecks } from './simulated-chain.ts'
import type { SimulatedWork } from './simulated-work.ts'

/** The tasks of a chain that have begun in a thread, and are not settled. */
export class SimulatedChains {
  readonly #tasks = new Map<number, SimulatedChecks>()
  #perTask = 1

  begin(position: number, { checks, dispatch, task }: SimulatedWork): void {
    const charged = dispatch.charged.find((each) => each.position === position)
    this.#perTask = dispatch.checks
    this.#tasks.set(position, new SimulatedChecks(checks!, charged?.attempts ?? [], task(position).kept))
  }

  /**
   * The mark of a check that may begin, and the tasks that turned out to have none left.
   *
   * @param how - `hasCompany`: what was left behind is still in the thread, where this task is alone
   */
  next(
    random: Random,
    { isAborted, hasCompany }: { readonly isAborted: boolean; readonly hasCompany: boolean },
  ): { readonly mark: number | undefined; readonly settled: readonly number[] } {
    const settled: number[] = []
    for (const [position, checks] of this.#tasks) {
      if (isAborted) checks.abort()
      const place = checks.next(random)
      if (place !== undefined && hasCompany) checks.leaveRest()
      if (place !== undefined && !checks.isSettled) {
        checks.begin(place)
        return { mark: position * this.#perTask + place, settled }
      }
      settled.push(position)
    }
    return { mark: undefined, settled }
  }

  /** A check has ended. @returns the position of its task */
  end(mark: number, code: number, mayRetry: boolean): number {
    const position = Math.floor(mark / this.#perTask)
    this.#tasks.get(position)?.end(mark % this.#perTask, code, mayRetry)
    return position
  }

  /** One that has nothing left, once. */
  takeSettled(position: number): SimulatedChecks | undefined {
    const checks = this.#tasks.get(position)
    if (checks?.isSettled !== true) return undefined
    this.#tasks.delete(position)
    return checks
  }

  /** It has to run alone. @param mark - of one of its checks */
  drop(mark: number): void {
    this.#tasks.delete(Math.floor(mark / this.#perTask))
  }

  clear(): void {
    this.#tasks.clear()
  }
}
