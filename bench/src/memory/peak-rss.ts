/** Imported before a program starts: says on descriptor 3, when the process ends, how much memory it had at most. */
import { writeSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'

if (isMainThread) {
  // In KB, of the whole process with all its threads.
  process.once('exit', () => writeSync(3, String(process.resourceUsage().maxRSS)))
}
