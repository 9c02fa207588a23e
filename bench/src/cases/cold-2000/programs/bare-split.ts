/** `bare-split <file> <threads>`: starts threads, sends each its part of the lines, and prints the counts. */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads'
import { countLines } from './count-lines.ts'

if (isMainThread) {
  const threads = Number(process.argv[3])
  const lines = readFileSync(process.argv[2] ?? '', 'utf8').split('\n')
  const size = Math.ceil(lines.length / threads)
  const counts = await Promise.all(
    Array.from({ length: threads }, async (_, n) => {
      const worker = new Worker(new URL(import.meta.url), { workerData: lines.slice(n * size, (n + 1) * size) })
      const [counted] = (await once(worker, 'message')) as [{ pass: number; fail: number }]
      return counted
    }),
  )
  const sum = (verdict: 'pass' | 'fail'): number => counts.reduce((total, counted) => total + counted[verdict], 0)
  console.log(JSON.stringify({ pass: sum('pass'), fail: sum('fail') }))
} else {
  // Given above.
  parentPort?.postMessage(countLines(workerData as string[]))
}
