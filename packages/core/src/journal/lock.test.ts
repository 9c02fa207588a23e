import { execFile, spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, afterEach, expect, test } from 'vitest'
import { Folder } from '../sources/testing/folder.ts'
import { acquireLock } from './lock.ts'

const folder = new Folder()
afterAll(() => folder.remove())

const LOCK_AND_SAY = fileURLToPath(new URL('testing/lock-and-say.ts', import.meta.url))

const children: Contender[] = []
afterEach(async () => {
  await Promise.all(children.splice(0).map((child) => child.kill()))
})

/** A process that wants the lock. */
class Contender {
  readonly #child: ChildProcess
  readonly #lines: AsyncIterator<string>
  readonly #exited: Promise<unknown>

  constructor(path: string, ...args: readonly string[]) {
    this.#child = spawn(process.execPath, [LOCK_AND_SAY, path, ...args], { stdio: ['pipe', 'pipe', 'inherit'] })
    this.#exited = once(this.#child, 'exit')
    this.#lines = createInterface(this.#child.stdout!)[Symbol.asyncIterator]()
    children.push(this)
  }

  get pid(): number {
    return this.#child.pid!
  }

  async says(): Promise<string | undefined> {
    const { done, value } = await this.#lines.next()
    return done === true ? undefined : value
  }

  go(): void {
    this.#child.stdin!.write('go\n')
  }

  stop(): void {
    this.#child.kill('SIGSTOP')
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#exited
  }

  async leave(): Promise<void> {
    this.#child.stdin!.end()
    await this.#exited
  }
}

function locksOf(name: string): string[] {
  return readdirSync(folder.path).filter((file) => file.startsWith(`${name}.lock`))
}

test('a lock is held until it is released, and leaves nothing', async () => {
  const path = `${folder.path}/one`
  const lock = await acquireLock(path)
  expect(locksOf('one')).toEqual(['one.lock'])
  await expect(acquireLock(path)).rejects.toMatchObject({ code: 'FANFOLD_JOURNAL_LOCKED' })
  await lock.release()
  expect(locksOf('one')).toEqual([])
  await (await acquireLock(path)).release()
})

test('who is refused is told who holds it, since when, and what to do', async () => {
  const path = `${folder.path}/told`
  const holder = new Contender(path)
  expect(await holder.says()).toBe('held')
  await expect(acquireLock(path)).rejects.toThrow(
    new RegExp(`is in use: process ${holder.pid} on ${hostname()}, since 20.*remove '.*told.lock'`),
  )
  await holder.leave()
  await (await acquireLock(path)).release()
})

test('the lock of a process that was killed is taken over', async () => {
  const path = `${folder.path}/killed`
  const holder = new Contender(path)
  expect(await holder.says()).toBe('held')
  await holder.kill()
  expect(existsSync(`${path}.lock`)).toBe(true)
  const lock = await acquireLock(path)
  expect(readFileSync(`${path}.lock`, 'utf8')).toContain(`"pid":${process.pid}`)
  await expect(acquireLock(path)).rejects.toMatchObject({ code: 'FANFOLD_JOURNAL_LOCKED' })
  await lock.release()
  expect(locksOf('killed')).toEqual([])
})

test('a process that is stopped is not dead', async () => {
  const path = `${folder.path}/stopped`
  const holder = new Contender(path)
  expect(await holder.says()).toBe('held')
  holder.stop()
  await expect(acquireLock(path)).rejects.toMatchObject({ code: 'FANFOLD_JOURNAL_LOCKED' })
})

test('of many that take over at once, exactly one comes through', async () => {
  for (let round = 0; round < 5; round++) {
    const path = `${folder.path}/race-${round}`
    const dead = new Contender(path)
    expect(await dead.says()).toBe('held')
    await dead.kill()
    const contenders = Array.from({ length: 6 }, () => new Contender(path, 'waits'))
    await Promise.all(contenders.map(async (contender) => expect(await contender.says()).toBe('ready')))
    for (const contender of contenders) contender.go()
    const said = await Promise.all(contenders.map((contender) => contender.says()))
    expect(said.filter((word) => word === 'held')).toHaveLength(1)
    expect(said.filter((word) => word === 'FANFOLD_JOURNAL_LOCKED')).toHaveLength(5)
    await contenders[said.indexOf('held')]!.leave()
    expect(locksOf(`race-${round}`)).toEqual([])
  }
})

test('within one process, too, exactly one comes through', async () => {
  const path = `${folder.path}/inside`
  const dead = new Contender(path)
  expect(await dead.says()).toBe('held')
  await dead.kill()
  const tries = await Promise.allSettled(Array.from({ length: 50 }, () => acquireLock(path)))
  expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
})

test('a process that was killed while it took over is no obstacle', async () => {
  const path = `${folder.path}/twice`
  const dead = new Contender(path)
  expect(await dead.says()).toBe('held')
  await dead.kill()
  const { id } = JSON.parse(readFileSync(`${path}.lock`, 'utf8')) as { id: string }
  // It had the right to replace the dead holder, and died with it.
  const other = `${folder.path}/successor`
  const successor = new Contender(other)
  expect(await successor.says()).toBe('held')
  await successor.kill()
  renameSync(`${other}.lock`, `${path}.lock.${id}.taken-over`)
  const lock = await acquireLock(path)
  expect(locksOf('twice')).toEqual(['twice.lock'])
  await lock.release()
})

test('a process that is about to take over keeps the others away', async () => {
  const path = `${folder.path}/about`
  const dead = new Contender(path)
  expect(await dead.says()).toBe('held')
  await dead.kill()
  const { id } = JSON.parse(readFileSync(`${path}.lock`, 'utf8')) as { id: string }
  const other = `${folder.path}/slow`
  const slow = new Contender(other)
  expect(await slow.says()).toBe('held')
  renameSync(`${other}.lock`, `${path}.lock.${id}.taken-over`)
  await expect(acquireLock(path)).rejects.toThrow(`process ${slow.pid}`)
})

test('a lock that nobody wrote whole is not taken over', async () => {
  const path = `${folder.path}/empty`
  writeFileSync(`${path}.lock`, '')
  await expect(acquireLock(path)).rejects.toMatchObject({
    code: 'FANFOLD_JOURNAL_LOCKED',
    message: expect.stringContaining('does not say by whom'),
  })
})

test.each<[string, (lock: string) => void]>([
  ['a symbolic link that leads nowhere', (lock) => symlinkSync('nowhere', lock)],
  ['a symbolic link to itself', (lock) => symlinkSync(lock, lock)],
  ['a folder', (lock) => mkdirSync(lock)],
])('%s in the place of the lock is refused with its remedy, and left there', async (what, put) => {
  const name = what.replaceAll(' ', '-')
  const path = `${folder.path}/${name}`
  put(`${path}.lock`)
  await expect(acquireLock(path)).rejects.toMatchObject({
    code: 'FANFOLD_JOURNAL_LOCKED',
    message: expect.stringMatching(new RegExp(`^the journal '.*' cannot be locked: '${path}.lock' .* Remove it`)),
  })
  expect(locksOf(name)).toEqual([`${name}.lock`])
})

test('a full disk leaves no half lock behind', async () => {
  const path = `${folder.path}/full`
  // No file may grow at all; the signal would end the process before the write can fail.
  const shell = `trap '' XFSZ; ulimit -f 0; exec "$0" "$1" "$2"`
  const { stdout } = await promisify(execFile)('bash', ['-c', shell, process.execPath, LOCK_AND_SAY, path])
  expect(stdout).toBe('FANFOLD_JOURNAL_FAILED\n')
  expect(locksOf('full')).toEqual([])
})

test('a folder that is not there is an error of the journal', async () => {
  await expect(acquireLock(`${folder.path}/missing/j`)).rejects.toMatchObject({
    code: 'FANFOLD_JOURNAL_FAILED',
    cause: { code: 'ENOENT' },
  })
})

test('what another has taken meanwhile is not released', async () => {
  const path = `${folder.path}/removed`
  const lock = await acquireLock(path)
  writeFileSync(`${path}.lock`, JSON.stringify({ id: 'another', host: 'elsewhere', pid: 1 }))
  await lock.release()
  expect(existsSync(`${path}.lock`)).toBe(true)
})
