/** The process that hot-spots.ts profiles: one side, as the benchmark runs it. */
import { measureSide } from './measure-side.ts'
import type { SideRequest } from './measure-side.ts'
import { spreadOf } from './ratios.ts'

// Given by hot-spots.ts.
const { samplesMs, tasks } = await measureSide(JSON.parse(process.argv[2] ?? '{}') as SideRequest)
console.log(`${((spreadOf(samplesMs).median * 1000) / tasks).toFixed(3)} µs a task while being profiled`)
