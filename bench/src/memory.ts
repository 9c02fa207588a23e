/**
 * `node bench/src/memory.ts [--small 100] [--large 1000]` (MB)
 *
 * Peak memory of `fanfold verify` on a small and on a large NDJSON file: what is held is bounded, so the two should be
 * about the same. Once at full speed, and once with every outcome written to a pipe that is read slowly.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync, statSync } from 'node:fs'
import type { Readable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { benchFile } from './bench-folder.ts'
import { writeCustomers } from './cases/ndjson-json-schema/customers.ts'

const RECORD_BYTES = 238
const TARGET = 1.3
/** A third of what `fanfold verify` writes when nothing holds it up, or less. */
const SLOW_BYTES_PER_SECOND = 8e6

const { values } = parseArgs({
  options: { small: { type: 'string', default: '100' }, large: { type: 'string', default: '1000' } },
})
const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url))
const BIN = path('../../packages/cli/dist/bin.js')
const VERIFIER = path('./cases/ndjson-json-schema/verify-customer.ts')

interface Peak {
  readonly rssMb: number
  readonly seconds: number
  readonly outMb: number
}

/** @param isSlow - outcomes are written and read slowly; else only counted. */
async function peakOf(file: string, isSlow: boolean): Promise<Peak> {
  const preload = ['--import', new URL('./memory/peak-rss.ts', import.meta.url).href]
  const out = isSlow ? ['--out', '-'] : []
  const args = [...preload, BIN, 'verify', file, '--with', VERIFIER, '--progress', 'none', ...out]
  const startedAt = performance.now()
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe', 'pipe'] })
  // All of them pipes that this side reads.
  const [, stdout, stderr, peak] = child.stdio as unknown as [null, Readable, Readable, Readable]
  const [outMb, errors, rss, [code]] = await Promise.all([
    isSlow ? readSlowly(stdout) : readAll(stdout).then(() => 0),
    readAll(stderr),
    readAll(peak),
    once(child, 'close'),
  ])
  // Exit code 1: some records are invalid, as planted.
  if (code !== 1) throw new Error(`fanfold verify ended with ${String(code)}:\n${errors}`)
  return { rssMb: Number(rss) / 1024, seconds: (performance.now() - startedAt) / 1000, outMb }
}

async function readAll(stream: Readable): Promise<string> {
  let text = ''
  for await (const chunk of stream) text += String(chunk)
  return text
}

/** Reads at a steady pace, and returns how many MB there were. */
async function readSlowly(stream: Readable): Promise<number> {
  const startedAt = performance.now()
  let bytes = 0
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    bytes += chunk.length
    const earlyMs = (bytes / SLOW_BYTES_PER_SECOND) * 1000 - (performance.now() - startedAt)
    if (earlyMs > 5) await delay(earlyMs)
  }
  return bytes / 1e6
}

const sizes = [Number(values.small), Number(values.large)]
const peaks: Record<'fast' | 'slow', number[]> = { fast: [], slow: [] }
console.log('fanfold verify, peak resident memory')
for (const mb of sizes) {
  const file = benchFile(`memory-${mb}.ndjson`)
  try {
    await writeCustomers(file, Math.round((mb * 1e6) / RECORD_BYTES))
    const megabytes = (statSync(file).size / 1e6).toFixed(0).padStart(5)
    for (const consumer of ['fast', 'slow'] as const) {
      const { rssMb, seconds, outMb } = await peakOf(file, consumer === 'slow')
      peaks[consumer].push(rssMb)
      const how = consumer === 'fast' ? 'report only' : `${outMb.toFixed(0)} MB of outcomes to a slow reader`
      console.log(
        `${megabytes} MB  ${rssMb.toFixed(0).padStart(4)} MB peak  ${seconds.toFixed(1).padStart(5)} s  ${how}`,
      )
    }
  } finally {
    rmSync(file, { force: true })
  }
}
for (const [consumer, [small = NaN, large = NaN]] of Object.entries(peaks)) {
  const ratio = large / small
  console.log(
    `target ${ratio <= TARGET ? 'met' : 'MISSED'}: ${consumer} consumer ≤ ${TARGET} ×; measured ${ratio.toFixed(2)}`,
  )
}
