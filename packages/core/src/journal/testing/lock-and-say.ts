/**
 * Takes the lock of the journal that is named, says `held` or the error's code on stdout, and keeps it until stdin ends.
 * With a second argument it waits for a line on stdin first, so that several start at the same moment.
 */
import { once } from 'node:events'
import { acquireLock } from '../lock.ts'

const [path, waits] = process.argv.slice(2)
process.stdin.resume()
if (waits !== undefined) {
  console.log('ready')
  await once(process.stdin, 'data')
}
try {
  const lock = await acquireLock(path!)
  console.log('held')
  await once(process.stdin, 'end')
  await lock.release()
} catch (error) {
  console.log((error as { code?: unknown }).code)
  process.exit(0)
}
