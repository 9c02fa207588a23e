import type { BenchCase, Side } from '../../bench-case.ts'
import { plantedCounts } from '../../planted.ts'
import { requireCounts } from '../../require-counts.ts'
import type { Asker } from './askers.ts'
import { fanfoldCheck, oneLoop, peers } from './askers.ts'
import { besideBatchSide, inFlightSide, oneAtATimeSide } from './sides.ts'

/** Many users at once. */
export const requestsInFlight: BenchCase = {
  ...requests('requests-in-flight', 'single requests (an IBAN each), 1,000 in flight', inFlightSide, 50_000),
  targets: [
    {
      id: 'check, 1,000 in flight, throughput against piscina.run',
      measure: 'speed',
      side: 'fanfold check',
      against: 'piscina',
      atLeast: 5,
    },
  ],
}

/** One user, who waits. */
export const requestsOneAtATime: BenchCase = {
  ...requests('requests-one-at-a-time', 'single requests (an IBAN each), one at a time', oneAtATimeSide, 5_000),
  targets: [
    {
      id: 'check, one at a time, latency p50 against piscina.run',
      measure: 'latencyP50Us',
      side: 'fanfold check',
      against: 'piscina',
      atMost: 1.1,
    },
  ],
}

/** One user, who waits, while a batch keeps every thread busy. Without one loop: its requests would wait for the batch. */
export const requestsBesideBatch: BenchCase = {
  ...requests(
    'requests-beside-batch',
    'single requests, one at a time, while a batch of 50 µs tasks keeps all threads busy',
    besideBatchSide,
    200,
    [],
  ),
  // Nobody else gives requests precedence: what is measured is how long they wait.
  targets: [],
  mainThread: 'busy',
}

function requests(
  name: string,
  title: string,
  side: (asker: Asker) => Side,
  defaultTasks: number,
  first: readonly Asker[] = [oneLoop],
): BenchCase {
  const [base, ...others] = [...first, ...peers, fanfoldCheck].map(side)
  return {
    name,
    title,
    fairness:
      'Before the clock: process, threads, modules, strings. In it: asking, checking, answering, counting. Peers as their ' +
      'documents recommend, a call for each request; beside the batch, they get it in arrays of 100 tasks.',
    defaultTasks,
    prepare: async () => {},
    sides: [base!, ...others],
    validate: (counts, tasks) => requireCounts(counts, plantedCounts(tasks)),
    targets: [],
  }
}
