import { execFile, execFileSync } from 'node:child_process'
import { chmodSync, existsSync, lstatSync, mkdirSync, readFileSync, statSync, symlinkSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { JournalPlace } from './testing/journal-place.ts'

const place = new JournalPlace()
const { folder, start, running } = place

test('what is no regular file is refused, without waiting for its other end', async () => {
  execFileSync('mkfifo', [`${folder.path}/fifo`])
  await expect(start('fifo')).rejects.toMatchObject({ code: 'FANFOLD_JOURNAL_FOREIGN' })
})

test.each<[string, string, string, string]>([
  ['a folder', 'a-folder', 'EISDIR', 'is a folder. Give the path of a file.'],
  ['a file in no folder', 'no-folder/j', 'ENOENT', "no-folder'. Make it first, or give another path."],
  ['a link to a file in no folder', 'astray', 'ENOENT', "nowhere'. Make it first, or give another path."],
  ['a file in a file', 'a-file/j', 'ENOTDIR', "a-file'. Make it first, or give another path."],
])('%s is refused with a remedy that helps', async (_, name, code, end) => {
  mkdirSync(`${folder.path}/a-folder`, { recursive: true })
  folder.file('a-file', '')
  if (name === 'astray') symlinkSync('nowhere/j', `${folder.path}/astray`)
  const error: unknown = await start(name).catch((error: unknown) => error)
  expect(error).toMatchObject({ code: 'FANFOLD_JOURNAL_FAILED', cause: { code } })
  expect((error as Error).message.endsWith(end)).toBe(true)
  expect(existsSync(`${folder.path}/a-folder.lock`)).toBe(false)
})

test('where a symbolic link leads to no file yet, the journal is made there', async () => {
  mkdirSync(`${folder.path}/deep/disk`, { recursive: true })
  symlinkSync('deep/disk', `${folder.path}/mounted`)
  symlinkSync('mounted/further', `${folder.path}/dangling`)
  symlinkSync('../real-journal', `${folder.path}/deep/disk/further`)
  const { journal } = await running('dangling')
  expect(existsSync(`${folder.path}/deep/real-journal.lock`)).toBe(true)
  for (const name of ['dangling', 'deep/disk/further', 'deep/real-journal']) {
    await expect(start(name)).rejects.toMatchObject({ code: 'FANFOLD_JOURNAL_LOCKED' })
  }
  await journal.close()
  expect(readFileSync(`${folder.path}/deep/real-journal`, 'utf8')).toContain('"frame":"header"')
  expect(lstatSync(`${folder.path}/dangling`).isSymbolicLink()).toBe(true)
})

test('a journal that may not be written is refused when it is opened', async () => {
  // As another user, where this one may do everything.
  const locked = `${folder.path}/read-only`
  mkdirSync(locked)
  chmodSync(folder.path, 0o755)
  chmodSync(locked, 0o555)
  const script = fileURLToPath(new URL('testing/open-and-say.ts', import.meta.url))
  const user = process.getuid?.() === 0 ? { uid: 65_534 } : {}
  const { stdout } = await promisify(execFile)(process.execPath, [script, `${locked}/j`], user)
  expect(stdout).toBe('FANFOLD_JOURNAL_FAILED EACCES\n')
})

test('a journal that is known by two names is one', async () => {
  await (await running('real')).journal.close()
  execFileSync('ln', ['-s', 'real', `${folder.path}/link`])
  const { journal } = await running('link')
  await expect(start('real')).rejects.toMatchObject({ code: 'FANFOLD_JOURNAL_LOCKED' })
  await journal.close()
  expect(statSync(`${folder.path}/real`).size).toBeGreaterThan(0)
})
