import { closeSync, openSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { fail, flag, pass } from '../verdict.ts'
import { runShard } from './testing/run-shard.ts'

/** What a task may do, and how it ends, however it was started. */
const ANSWERS: readonly (readonly [name: string, verify: () => unknown, ending: string])[] = [
  ['true', () => true, 'completed pass'],
  ['a plain pass', () => pass(), 'completed pass'],
  ['a pass with a value', () => pass({ sum: 3 }), 'completed pass'],
  ['false', () => false, 'completed fail'],
  ['a flag', () => flag('odd'), 'completed flag'],
  ['a promise of a fail', () => Promise.resolve(fail('wrong')), 'completed fail'],
  ['a promise that is rejected', () => Promise.reject(new Error('no')), 'errored'],
  ['nothing', () => undefined, 'errored'],
  ['a throw', () => void JSON.parse('{'), 'errored'],
  ['an object that cannot be looked into', () => new Proxy({}, { has: () => broken() }), 'errored'],
  ['an object whose `then` throws when it is read', () => new Proxy({}, { has: () => true, get: broken }), 'errored'],
]

/** How it may be started: with neighbours in a row, or by itself. */
const STARTS: readonly (readonly [name: string, start: Start])[] = [
  ['in a row', {}],
  ['where one is withdrawn', { withdrawn: 3 }],
  ['after an async one', { isFirstAsync: true }],
  ['where it leaves a trace', { isTraced: true }],
]

interface Start {
  readonly withdrawn?: number
  readonly isFirstAsync?: boolean
  readonly isTraced?: boolean
}

const TASKS = 5
/** The one that gives the answer; the others pass. */
const TASK = 2

describe.each(STARTS)('a task that is started %s', (_, start) => {
  test.each(ANSWERS)(
    'and answers with %s ends as it would anywhere, and so do its neighbours',
    async (_, verify, ending) => {
      const endings = await endingsOf(start, verify)
      const expected: (string | undefined)[] = Array.from({ length: TASKS }, () => 'completed pass')
      expected[TASK] = ending
      if (start.withdrawn !== undefined) expected[start.withdrawn] = 'aborted'
      expect(endings).toEqual(expected)
    },
  )
})

/** By position. */
async function endingsOf(
  { withdrawn, isFirstAsync, isTraced }: Start,
  answer: () => unknown,
): Promise<readonly string[]> {
  const verify = (item: unknown): unknown =>
    item === TASK ? answer() : item === 0 && isFirstAsync === true ? Promise.resolve(true) : true
  const { endings } = await runShard(
    TASKS,
    verify,
    { traceFile: isTraced === true ? traceFile() : undefined },
    (loop) => {
      if (withdrawn !== undefined) loop.abortTask(withdrawn, new Error('nobody waits for it'), 10)
    },
  )
  return endings
}

function traceFile(): number {
  const path = join(tmpdir(), `fanfold-trace-${process.pid}`)
  const file = openSync(path, 'w')
  onTestFinished(() => {
    closeSync(file)
    rmSync(path)
  })
  return file
}

function broken(): never {
  throw new Error('not to be looked at')
}
