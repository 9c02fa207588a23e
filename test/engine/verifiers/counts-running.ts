import { setImmediate as turn, setTimeout as delay } from 'node:timers/promises'
import { defineVerifier, pass } from '@fanfold/workers'
import type { Verifier } from '@fanfold/workers'

/** What all threads count together, by the cell. */
export const CELLS = {
  /** Tasks that run now. */
  running: 0,
  /** The most that did. */
  most: 1,
  /** Setups, and what they were told, added up. */
  setups: 2,
  shares: 3,
} as const

/** What a task of these tests does while it is counted. */
export interface Counted {
  readonly do: 'sync' | 'wait' | 'waitForOthers' | 'compute' | 'waitInLimit' | 'waitForSetups'
  /** ms; or how many it waits for. */
  readonly n?: number
}

interface Config {
  readonly cells: Int32Array
}

const { running, most, setups, shares } = CELLS

/** Counts how many tasks run at once, over all threads, and in this one: that is its value. */
const counting: Verifier<Counted, Config, { here: number }, { here: number; share: number }> = defineVerifier({
  setup({ config: { cells }, concurrency }) {
    Atomics.add(cells, shares, concurrency)
    Atomics.add(cells, setups, 1)
    return { here: 0, share: concurrency }
  },
  verify({ do: what, n = 1 }, { state, config: { cells }, limit }) {
    const now = Atomics.add(cells, running, 1) + 1
    let before = Atomics.load(cells, most)
    while (now > before)
      before = Atomics.compareExchange(cells, most, before, now) === before ? now : Atomics.load(cells, most)
    state.here++
    const { here, share } = state
    const ended = (): ReturnType<typeof pass<{ here: number; share: number }>> => {
      state.here--
      Atomics.sub(cells, running, 1)
      return pass({ here, share })
    }
    switch (what) {
      case 'sync':
        spin(n)
        return ended()
      case 'wait':
        return delay(n).then(ended)
      case 'waitForOthers':
        return until(() => Atomics.load(cells, most) >= n).then(ended)
      case 'waitForSetups':
        return until(() => Atomics.load(cells, setups) >= n).then(ended)
      case 'compute':
        return turn().then(() => (spin(n), ended()))
      case 'waitInLimit':
        return limit('crm', () => until(() => Atomics.load(cells, most) >= n)).then(ended)
    }
  },
})
export default counting

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await delay(1)
}

function spin(ms: number): void {
  const until = performance.now() + ms
  while (performance.now() < until);
}
