import type { Estimate } from '../estimate-file.ts'

const figures = { startMs: 100, elapsedMs: 1000, tasksPerSecond: 400_000, bytesPerSecond: 94e6, cpuMsPerTask: 0.0025 }

/** An estimate of a million records on two cores for which fan-out pays. */
export const AN_ESTIMATE: Estimate = {
  fanfold: 'estimate',
  version: 1,
  made: { at: '2026-11-24T12:00:00.000Z', node: '24.21.0', cores: 2 },
  verifier: { path: './verify.ts', sha256: 'a', config: 'b' },
  input: { names: ['customers.ndjson'], format: 'ndjson', bytes: 235e6, tasks: 1_000_000, tasksFrom: 'bytes' },
  sample: { tasks: 300_000, bytes: 70e6, isWhole: false },
  settings: { pool: 'threads' },
  isWaiting: false,
  rounds: 5,
  noise: 0.04,
  loop: { ...figures, concurrency: 1 },
  threads: [
    { ...figures, threads: 1, speedUp: { low: 0.9, mid: 0.92, high: 0.94 }, efficiency: 0.92 },
    { ...figures, threads: 2, speedUp: { low: 1.7, mid: 1.8, high: 1.85 }, efficiency: 0.9, tasksPerSecond: 720_000 },
  ],
  shardSizes: [{ shardSize: 400, speed: { low: 0.9, mid: 0.93, high: 0.95 } }],
  concurrencies: [],
  activities: { read: 0.02, cut: 0.1, parse: 0.9, verify: 1.1, merge: 0.01, dispatch: 0.2, collection: 0.1, other: 0 },
  model: { startMs: 10, serialMs: 0.0001, parallelMs: 0.0025, cores: 2, error: 0.02 },
  predicted: {
    tasks: 1_000_000,
    threads: 2,
    runMs: { low: 11_900, mid: 12_400, high: 13_100 },
    startMs: 180,
    loopMs: { low: 22_000, mid: 23_000, high: 24_000 },
  },
  spread: [
    { threads: 1, low: 0.97, mid: 1, high: 1.04 },
    { threads: 2, low: 0.95, mid: 1.01, high: 1.06 },
  ],
  gain: { low: 1.74, mid: 1.83, high: 1.93 },
  conclusion: 'pays',
  recommended: {},
  warnings: [],
  measurements: [],
}
