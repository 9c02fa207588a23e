import { Engine } from '@fanfold/core'
import type { CaseOptions, ReadySide, Side } from '../../bench-case.ts'
import type { Peer } from '../../peers/peer.ts'
import { spin } from './spin.ts'
import { runSweep, sweepSteps } from './sweep.ts'
import type { Step } from './sweep.ts'

const TASK_MODULE = new URL('./spin-task.ts', import.meta.url)
/** Unlimited promises are nobody's best practice; 64 to 256 are within 10% of each other with Piscina, 1,024 are slower. */
const IN_FLIGHT = 256

export const oneLoop: Side = {
  name: 'one loop',
  async setup(options: CaseOptions): Promise<ReadySide> {
    const steps = sweepSteps(options, false)
    const count = async ({ items }: Step): Promise<{ pass: number; fail: number }> => {
      let pass = 0
      for (const item of items) if (spin(item)) pass++
      return { pass, fail: items.length - pass }
    }
    return { tasks: tasksOf(steps), run: () => runSweep(steps, count), close: async () => {} }
  },
}

export const fanfold: Side = {
  name: 'fanfold',
  async setup(options: CaseOptions): Promise<ReadySide> {
    const steps = sweepSteps(options, false)
    const engine = new Engine({ threads: options.threads })
    const spins = engine.load<number>(TASK_MODULE)
    await spins.ready
    return {
      tasks: tasksOf(steps),
      run: () =>
        runSweep(steps, async ({ items }) => {
          const { verdicts } = await spins.run(items).report()
          return verdicts
        }),
      close: async () => void (await engine.close()),
    }
  },
}

/** A peer that is given every item by itself. */
export function onePerTask(peer: Peer): Side {
  return peerSide(peer, `${peer.name} per task`, true)
}

/** A peer that is given arrays, whose size was chosen for the cost. */
export function inBatches(peer: Peer): Side {
  return peerSide(peer, `${peer.name} batched`, false)
}

function peerSide(peer: Peer, name: string, isOneByOne: boolean): Side {
  return {
    name,
    async setup(options: CaseOptions): Promise<ReadySide> {
      const steps = sweepSteps(options, isOneByOne)
      const running = await peer.start({ threads: options.threads, taskModule: TASK_MODULE })
      const count = ({ items, batchSize }: Step): Promise<{ pass: number; fail: number }> =>
        isOneByOne ? running.each(items, IN_FLIGHT) : running.batches(items, batchSize, 2 * options.threads)
      return { tasks: tasksOf(steps), run: () => runSweep(steps, count), close: () => running.close() }
    },
  }
}

function tasksOf(steps: readonly Step[]): number {
  return steps.reduce((sum, { items }) => sum + items.length, 0)
}
