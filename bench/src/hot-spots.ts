/**
 * `node bench/src/hot-spots.ts <case> [<side>] [--records N] [--top 15]`
 *
 * Runs one side under `--cpu-prof`, in all its threads, and prints for each where its own time went. The profiles stay
 * in bench/.data for a viewer. `(program)` is native code outside of any function, `(idle)` waiting.
 */
import { spawnSync } from 'node:child_process'
import { readFileSync, readdirSync, rmSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { benchFile } from './bench-folder.ts'
import { findCase } from './cases.ts'

/** What of V8's profile format is read here. */
interface Profile {
  readonly nodes: readonly { readonly id: number; readonly callFrame: CallFrame }[]
  readonly samples: readonly number[]
  /** µs between one sample and the one before. */
  readonly timeDeltas: readonly number[]
}
interface CallFrame {
  readonly functionName: string
  readonly url: string
  readonly lineNumber: number
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { records: { type: 'string' }, top: { type: 'string', default: '15' } },
})
const benchCase = findCase(positionals[0] ?? '')
const side = positionals[1] ?? benchCase.sides.find(({ name }) => name.startsWith('fanfold'))?.name ?? ''
const tasks = Number(values.records ?? benchCase.defaultTasks)
const threads = availableParallelism()
await benchCase.prepare({ tasks, threads })

const folder = benchFile(`profile-${benchCase.name}-${side.replaceAll(/\W+/g, '-')}`)
rmSync(folder, { recursive: true, force: true })
const child = fileURLToPath(new URL('./profiled-side.ts', import.meta.url))
const request = JSON.stringify({ benchCase: benchCase.name, side, tasks, threads, iterations: 8 })
const flags = ['--cpu-prof', `--cpu-prof-dir=${folder}`, '--cpu-prof-interval=250']
spawnSync(process.execPath, [...flags, child, request], { stdio: 'inherit' })

for (const file of readdirSync(folder).toSorted()) {
  // Written by V8, in the format of its DevTools protocol.
  const profile = JSON.parse(readFileSync(`${folder}/${file}`, 'utf8')) as Profile
  console.log(`\n${folder}/${file}`)
  for (const line of selfTimes(profile).slice(0, Number(values.top))) console.log(line)
}

function selfTimes({ nodes, samples, timeDeltas }: Profile): string[] {
  const places = new Map(nodes.map(({ id, callFrame }) => [id, placeOf(callFrame)]))
  const selfMs = new Map<string, number>()
  let totalMs = 0
  for (let i = 0; i < samples.length; i++) {
    const place = places.get(samples[i] ?? 0) ?? '?'
    const ms = (timeDeltas[i + 1] ?? 0) / 1000
    selfMs.set(place, (selfMs.get(place) ?? 0) + ms)
    totalMs += ms
  }
  return [...selfMs]
    .toSorted(([, a], [, b]) => b - a)
    .map(
      ([place, ms]) => `${ms.toFixed(1).padStart(9)} ms ${((100 * ms) / totalMs).toFixed(1).padStart(5)} %  ${place}`,
    )
}

function placeOf({ functionName, url, lineNumber }: CallFrame): string {
  const name = functionName === '' ? '(anonymous)' : functionName
  return url === '' ? name : `${name}  ${url.replace(/^.*\/(?=(packages|bench|node_modules)\/)/, '')}:${lineNumber + 1}`
}
