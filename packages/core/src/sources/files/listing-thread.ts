/** Lists files: the module that a thread of its own runs, so that the main thread has nothing to do for them. */
import { resolve } from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'
import { Refusal, exclusion, findFiles } from './find-files.ts'
import { LIST_FILES, MOST_LISTS } from './listing-messages.ts'
import type { FileList, FromListing, ListingTask, ToListing } from './listing-messages.ts'
import { found, statsOf } from './walk.ts'
import type { Found } from './walk.ts'

/** After so long a list is sent as it is: where much is passed over, those that are found are not kept waiting, ms. */
const LONGEST_LIST_MS = 5

const port = parentPort! // this is a thread
const task = workerData as ListingTask // its only starter is ours

function post(message: FromListing): void {
  port.postMessage(message, message.type === 'files' ? [message.sizes.buffer as ArrayBuffer] : []) // it was made here
}

function listOf(files: readonly Found[]): FileList {
  const problems = new Map<number, string>()
  for (const [at, { problem }] of files.entries()) if (problem !== undefined) problems.set(at, problem)
  return { type: 'files', names: files.map(({ name }) => name), sizes: Float64Array.from(files, sizeOf), problems }
}

function sizeOf({ size }: Found): number {
  return size
}

/** Sends lists as long as they are wanted. */
async function list(files: Iterable<Found>): Promise<void> {
  let wanted = MOST_LISTS
  let wake: (() => void) | undefined
  port.on('message', () => {
    wanted++
    wake?.()
  })
  let some: Found[] = []
  let since = performance.now()
  for (const file of files) {
    some.push(file)
    if (some.length < LIST_FILES && performance.now() - since < LONGEST_LIST_MS) continue
    post(listOf(some))
    some = []
    wanted--
    if (wanted === 0) await new Promise<void>((resolveWait) => (wake = resolveWait))
    since = performance.now()
  }
  if (some.length > 0) post(listOf(some))
}

/** Looks at what it is sent. Folders are no tasks: whoever lists with `find` gets them too. */
function look(folder: string, exclude: readonly string[]): Promise<void> {
  const isExcluded = exclusion(folder, exclude)
  return new Promise((resolveEnd) => {
    port.on('message', (message: ToListing) => {
      if (message.type === 'end') return resolveEnd()
      if (message.type === 'more') return
      const files: Found[] = []
      for (const name of message.names) {
        const path = resolve(folder, name)
        if (isExcluded(path)) continue
        const stats = statsOf(path)
        if (stats instanceof Error || !stats.isDirectory()) files.push(found(name, stats))
      }
      post(listOf(files))
    })
  })
}

async function carryOut(): Promise<void> {
  switch (task.do) {
    case 'identify': {
      const { identityOfList } = await import('./file-list-identity.ts')
      return post({ type: 'identified', identity: identityOfList(findFiles(task)) })
    }
    case 'list': {
      const files = findFiles(task)
      post({ type: 'begun' })
      await list(files)
      return post({ type: 'ended' })
    }
    case 'look':
      post({ type: 'begun' })
      await look(task.folder, task.exclude)
      return post({ type: 'ended' })
  }
}

try {
  await carryOut()
} catch (error) {
  if (!(error instanceof Refusal)) throw error
  post({ type: 'refused', message: error.message })
} finally {
  port.close()
}
