import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'

/** Where a run's processor time goes. */
const ACTIVITIES = ['read', 'cut', 'parse', 'verify', 'merge', 'dispatch', 'collection', 'other'] as const
export type Activity = (typeof ACTIVITIES)[number]
export type Activities = Readonly<Record<Activity, number>>

/** What of V8's profile format is read here. */
export interface Profile {
  readonly nodes: readonly ProfileNode[]
  readonly samples: readonly number[]
  /** µs between one sample and the one before. */
  readonly timeDeltas: readonly number[]
}
interface ProfileNode {
  readonly id: number
  readonly callFrame: { readonly functionName: string; readonly url: string }
  readonly children?: readonly number[]
}

/** Not part of a run: importing modules, setup, waiting. */
type Aside = 'start' | 'idle'

/** The folders in which Fanfold's own packages lie. */
const OWN = ['@fanfold/workers', '@fanfold/core'].map(
  (name) => [name, new URL('./', import.meta.resolve(name)).href] as const,
)
const COMMAND_LINE = new URL('../', import.meta.url).href

/**
 * The profiles that Node has written for a process with `--cpu-prof`, one for each of its threads, added up, in ms.
 *
 * A function's own time goes to what its file is for. Native code has no file: its time is that of whoever called it, so
 * `JSON.parse` is parsing when Fanfold calls it, and verifying when the verifier does. From the verifier's own code on
 * everything is verifying, whatever that calls.
 */
export async function readProfiles(folder: string): Promise<Activities> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.cpuprofile'))
  const sums = { ...NOTHING }
  for (const file of files) {
    // Written by V8, in the format of its DevTools protocol.
    const profile = JSON.parse(await readFile(join(folder, file), 'utf8')) as Profile
    for (const [activity, ms] of Object.entries(activitiesOf(profile))) sums[activity as Activity] += ms // its own keys
  }
  return sums
}

const NOTHING: Readonly<Record<Activity, number>> = {
  read: 0,
  cut: 0,
  parse: 0,
  verify: 0,
  merge: 0,
  dispatch: 0,
  collection: 0,
  other: 0,
}

/** What there is of a thread's run only: before the first and after the last of it, it starts or ends. */
const OF_A_RUN: readonly (Activity | Aside)[] = ['read', 'cut', 'parse', 'verify', 'merge']

/** ms of one thread, by activity. */
export function activitiesOf({ nodes, samples, timeDeltas }: Profile): Record<Activity, number> {
  const byNode = activityOfNodes(nodes)
  const activities = samples.map((sample) => byNode.get(sample) ?? 'other')
  const isOfRun = (activity: Activity | Aside): boolean => OF_A_RUN.includes(activity)
  const first = activities.findIndex(isOfRun)
  const last = activities.findLastIndex(isOfRun)
  const sums = { ...NOTHING }
  for (const [at, activity] of activities.entries()) {
    if (at < first || at > last || activity === 'start' || activity === 'idle') continue
    sums[activity] += (timeDeltas[at + 1] ?? 0) / 1000
  }
  return sums
}

function activityOfNodes(nodes: readonly ProfileNode[]): ReadonlyMap<number, Activity | Aside> {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const activities = new Map<number, Activity | Aside>()
  const [root] = nodes
  const rest: [node: ProfileNode, above: Activity | Aside][] = root === undefined ? [] : [[root, 'other']]
  for (let next = rest.pop(); next !== undefined; next = rest.pop()) {
    const [node, above] = next
    const activity = activityOf(node, above)
    activities.set(node.id, activity)
    for (const id of node.children ?? []) {
      const child = byId.get(id)
      if (child !== undefined) rest.push([child, activity])
    }
  }
  return activities
}

function activityOf({ callFrame: { functionName, url } }: ProfileNode, above: Activity | Aside): Activity | Aside {
  if (functionName === '(idle)') return 'idle'
  if (functionName === '(garbage collector)') return 'collection'
  if (above === 'verify' || above === 'start') return above
  if (url === '') return above
  if (url.startsWith('node:')) return isLoading(url) ? 'start' : above
  for (const [name, folder] of OWN)
    if (url.startsWith(folder)) return ownActivity(name, url.slice(folder.length), functionName) ?? above
  if (url.startsWith(COMMAND_LINE)) return 'start'
  if (url.includes('/node_modules/papaparse/')) return 'parse'
  if (url.includes('/node_modules/piscina/')) return 'dispatch'
  return 'verify'
}

function isLoading(url: string): boolean {
  return url.startsWith('node:internal/modules/') || url.startsWith('node:internal/main/')
}

/** `undefined`: what it is called for. */
function ownActivity(name: string, path: string, functionName: string): Activity | Aside | undefined {
  if (name === '@fanfold/workers') return inThread(path, functionName)
  if (/^sources\/(file-input|byte-input|stream-input|input-queue|block-memory)/.test(path)) return 'read'
  if (path.startsWith('sources/')) return 'cut'
  if (/^(merge|report)\//.test(path)) return 'merge'
  return 'dispatch'
}

function inThread(path: string, functionName: string): Activity | Aside | undefined {
  if (/^(cut-records|record-cutter|csv-cutter)/.test(path)) return 'cut'
  if (/^thread\/(text-records|records|csv-rows|grouped-text|item-records)/.test(path)) return 'parse'
  // It calls the verifier, and is nearly nothing itself.
  if (path.startsWith('thread/verifier-loader')) return functionName === 'verify' ? undefined : 'start'
  if (/^(verdict|verifier|index)\./.test(path)) return 'verify'
  return 'dispatch'
}

export function totalOf(activities: Activities): number {
  return Object.values(activities).reduce((sum, ms) => sum + ms, 0)
}
