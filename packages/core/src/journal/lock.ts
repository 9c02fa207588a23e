import { randomUUID } from 'node:crypto'
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { FanfoldError } from '../errors.ts'
import { journalFailed } from './journal-writer.ts'
import { isProvablyDead, thisProcess } from './process-identity.ts'
import type { ProcessIdentity } from './process-identity.ts'

/** What a lock file holds. */
interface Holder extends ProcessIdentity {
  /** Of this lock, never used again. */
  readonly id: string
  readonly createdAt: string
}

/** What the file of a lock says: `'unknown'` by whom it is held, `undefined` when there is none. */
type Held = Holder | 'unknown' | 'no lock' | undefined

/** So often a lock that is there, and gone when it is to be read, is tried again. */
const MOST_ROUNDS = 20

/** One process's right to write a journal. */
export interface Lock {
  /** Lets others have it. */
  release(): Promise<void>
}

/**
 * Takes the lock of a journal, `<path>.lock`, which is there as long as somebody writes the journal.
 *
 * The file comes into being with its content, by a hard link, so that it is never seen empty, nor is after a power cut. A holder that is provably
 * dead is replaced; this is the only way in which a lock changes hands, and it goes so that of any number of processes
 * which try at once exactly one comes through, wherever one of them is stopped or killed:
 *
 * 1. take a second lock, whose name has the dead holder's id in it, in the same way as the first;
 * 2. under it, look whether the first lock is still the dead holder's. Nobody else can change it now: the holder is
 *    dead, and whoever wants to replace him needs the second lock;
 * 3. rename the new lock file over the first, in one step, and let go of the second.
 *
 * Moving the dead holder's lock out of the way first would leave a moment without one, in which a third process takes it
 * while the second is putting back what it had moved by mistake.
 *
 * @throws {FanfoldError} `FANFOLD_JOURNAL_LOCKED`, naming the holder, or what is in the way; `FANFOLD_JOURNAL_FAILED` when
 * no lock can be made
 */
export async function acquireLock(path: string): Promise<Lock> {
  try {
    return await acquire(`${path}.lock`, path)
  } catch (error) {
    throw error instanceof FanfoldError ? error : journalFailed(path, 'cannot be locked', error)
  }
}

async function acquire(lockPath: string, path: string): Promise<Lock> {
  const mine: Holder = { id: randomUUID(), createdAt: new Date().toISOString(), ...thisProcess() }
  const draft = `${lockPath}.${mine.id}`
  try {
    await writeFile(draft, `${JSON.stringify(mine)}\n`, { flag: 'wx', flush: true })
    for (let round = 0; !(await create(draft, lockPath)); round++) {
      const holder = await holderOf(lockPath)
      if (holder === 'no lock') throw obstructed(path, lockPath)
      if (holder === undefined) {
        // Released meanwhile; or there whenever it is to be made, and never when it is to be read: a link to nowhere.
        if (round >= MOST_ROUNDS) throw obstructed(path, lockPath)
        await nextTurn()
        continue
      }
      if (holder === 'unknown' || !isProvablyDead(holder)) throw locked(path, lockPath, holder)
      if (await replace(lockPath, holder, draft, path)) break
    }
  } finally {
    // Also of a draft that a full disk has not taken whole.
    await rm(draft, { force: true })
  }
  return {
    release: async () => {
      const holder = await holderOf(lockPath)
      // Somebody removed it by hand, and it may be another one's now.
      if (typeof holder === 'object' && holder.id === mine.id) await rm(lockPath, { force: true })
    },
  }
}

/** @returns whether the lock is ours now; `false` when there is one already */
async function create(draft: string, lockPath: string): Promise<boolean> {
  try {
    await link(draft, lockPath)
    return true
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'EEXIST') return false
    if (!NO_LINKS.has(code)) throw error
  }
  return createUnlinked(draft, lockPath)
}

/** What file systems without hard links answer. */
const NO_LINKS: ReadonlySet<unknown> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'UNKNOWN'])

/** As exclusive, but there is a moment in which the lock is empty: then it is held by somebody unknown. */
async function createUnlinked(draft: string, lockPath: string): Promise<boolean> {
  try {
    await writeFile(lockPath, await readFile(draft), { flag: 'wx', flush: true })
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  }
}

/** @returns whether the lock is ours now; `false` when it has changed meanwhile */
async function replace(lockPath: string, dead: Holder, draft: string, path: string): Promise<boolean> {
  const right = await acquire(`${lockPath}.${dead.id}.taken-over`, path)
  try {
    const holder = await holderOf(lockPath)
    if (typeof holder !== 'object' || holder.id !== dead.id) return false
    await rename(draft, lockPath)
    return true
  } finally {
    await right.release()
  }
}

async function holderOf(lockPath: string): Promise<Held> {
  try {
    const holder: unknown = JSON.parse(await readFile(lockPath, 'utf8'))
    return isHolder(holder) ? holder : 'unknown'
  } catch (error) {
    if (error instanceof SyntaxError) return 'unknown'
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'ENOENT') return undefined
    if (code === 'EISDIR' || code === 'ELOOP') return 'no lock'
    throw error
  }
}

function isHolder(value: unknown): value is Holder {
  if (typeof value !== 'object' || value === null) return false
  const { id, host, pid } = value as Partial<Holder>
  return typeof id === 'string' && typeof host === 'string' && typeof pid === 'number'
}

function locked(path: string, lockPath: string, holder: Holder | 'unknown'): FanfoldError {
  const who =
    holder === 'unknown'
      ? `the lock '${lockPath}' does not say by whom`
      : `process ${holder.pid} on ${holder.host}, since ${holder.createdAt}`
  const message =
    `the journal '${path}' is in use: ${who}. ` +
    `Wait for that run to end, or give another journal. If it is certain that it does not run any more, remove '${lockPath}'.`
  return new FanfoldError('FANFOLD_JOURNAL_LOCKED', message)
}

function obstructed(path: string, lockPath: string): FanfoldError {
  const message =
    `the journal '${path}' cannot be locked: '${lockPath}' is in the way, and is no lock of a run ` +
    `(a folder, or a symbolic link that leads nowhere). Remove it.`
  return new FanfoldError('FANFOLD_JOURNAL_LOCKED', message)
}
