/** Imported before a program starts (fresh-process.ts): says on descriptor 3, when its process ends, what it has used. */
import { writeSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'

if (isMainThread) {
  process.once('exit', () => {
    const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage() // KB, µs, µs
    writeSync(3, JSON.stringify({ processCpuMs: (userCPUTime + systemCPUTime) / 1000, peakMb: maxRSS / 1024 }))
  })
}
