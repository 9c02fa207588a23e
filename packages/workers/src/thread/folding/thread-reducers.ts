import { startTimer, stopTimer } from '../clock.ts'
import type { FoldSettings } from './fold-settings.ts'
import { loadReducer } from './loaded-reducer.ts'
import type { LoadedReducer } from './loaded-reducer.ts'

/** As many runs as are likely to be reduced at once; another one is loaded anew, which finds its module imported. */
const KEPT = 8

/** The reducers of one thread. */
export class ThreadReducers {
  /** In the order in which they were asked for first. */
  readonly #reducers = new Map<number, Promise<LoadedReducer | undefined>>()

  /**
   * Resolves to `undefined` when it cannot be loaded here, or not in time: then outcomes go without, and are folded in the
   * reducer's own thread, which will say what is wrong.
   */
  get(fold: FoldSettings): Promise<LoadedReducer | undefined> {
    const known = this.#reducers.get(fold.id)
    if (known !== undefined) return known
    const loading = loadInTime(fold)
    this.#reducers.set(fold.id, loading)
    if (this.#reducers.size > KEPT) this.#reducers.delete(this.#reducers.keys().next().value!)
    return loading
  }
}

function loadInTime(fold: FoldSettings): Promise<LoadedReducer | undefined> {
  return new Promise((resolve) => {
    const late =
      fold.startTimeoutMs === Infinity ? undefined : startTimer(() => resolve(undefined), fold.startTimeoutMs)
    const settle = (reducer: LoadedReducer | undefined): void => {
      stopTimer(late)
      resolve(reducer)
    }
    loadReducer(fold).then(settle, () => settle(undefined))
  })
}
