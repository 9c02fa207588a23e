/** Opens the journal that is named, and says how that failed. */
import { openJournal } from '../journal.ts'
import { IDENTITY } from './written.ts'

try {
  await openJournal(IDENTITY, { path: process.argv[2]!, resume: 'unfinished', onFailed: () => {} })
} catch (error) {
  const { code, cause } = error as { code: string; cause: NodeJS.ErrnoException }
  console.log(code, cause.code)
}
