import { execSync } from 'node:child_process'
import { pbkdf2 } from 'node:crypto'
import { existsSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { DatabaseSync, backup } from 'node:sqlite'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { pass } from '@fanfold/workers'
import type { Answer, VerifyContext } from '@fanfold/workers'

/** One way to keep a thread, or a task, occupied. */
export interface Task {
  readonly do: keyof typeof kinds | 'obedient'
  /**
   * A file that is waited for, or a named pipe; what waits gives up when its folder is gone. `begun` is written beside it
   * when the task is under way.
   */
  readonly path?: string
}

/** A second of native work: on a busy machine a shorter one is over before anything can be done about it. */
const HASH_ROUNDS = 1_000_000
/** Two seconds of a query or so, and nothing can end it. */
const QUERY_ROWS = 20_000_000

const kinds = {
  pass: () => pass(),
  loop: () => {
    for (;;);
  },
  regex: () => /^(a+)+$/.test(`${'a'.repeat(40)}b`),
  /** Native code until there is such a file. */
  shell: (path: string) => {
    const folder = dirname(path)
    execSync(`while [ -d '${folder}' ] && [ ! -e '${path}' ]; do sleep 0.02; done`)
    return pass('the shell has ended')
  },
  query: () => {
    const database = new DatabaseSync(':memory:')
    const sql = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT ${QUERY_ROWS}) SELECT max(i) AS rows FROM n`
    return pass(database.prepare(sql).get()!['rows'])
  },
  /** Native work that is pending while the thread is free. */
  hashLater: async () => pass((await promisify(pbkdf2)('password', 'salt', HASH_ROUNDS, 32, 'sha512')).length),
  /** Pending until whoever has opened the pipe to write closes it. */
  readPipe: async (path: string) => {
    const file = await open(path)
    begun(path)
    const text = await file.readFile('utf8')
    await file.close()
    return pass(text.length)
  },
  /** Copies a database a page at a time, over and over. */
  backup: async (path: string) => {
    const database = new DatabaseSync(':memory:')
    database.exec(
      'CREATE TABLE rows AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 50000) SELECT i FROM n',
    )
    while (existsSync(dirname(path)) && !existsSync(path)) await backup(database, `${path}.copy`, { rate: 1 })
    return pass('copied')
  },
  never: () => new Promise<never>(() => {}),
  /** Until there is such a file; in a blocked thread, which costs no processor time. */
  gate: (path: string) => {
    const nobody = new Int32Array(new SharedArrayBuffer(4))
    while (existsSync(dirname(path)) && !existsSync(path)) Atomics.wait(nobody, 0, 0, 2)
    return pass('through')
  },
} satisfies Record<string, (path: string) => Answer | Promise<Answer>>

function begun(path: string): void {
  writeFileSync(join(dirname(path), 'begun'), '')
}

export default function verify(task: Task, { signal }: VerifyContext): Answer | Promise<Answer> {
  // Who waits for the end of a pipe has to have opened it.
  if (task.path !== undefined && task.do !== 'readPipe') begun(task.path)
  // Honours its signal, as a good verifier does.
  if (task.do === 'obedient') return delay(60_000, true, { signal })
  return kinds[task.do](task.path ?? '')
}
