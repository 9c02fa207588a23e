import { closeSync, openSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { EVEN_GATE, createCells } from '../cells.ts'
import type { OutcomePart } from '../outcome-columns.ts'
import { STATUSES } from '../outcome-columns.ts'
import type { RunShard } from '../protocol.ts'
import { VERDICTS, fail, flag, pass } from '../verdict.ts'
import { ThreadReducers } from './folding/thread-reducers.ts'
import { HostCalls } from './host/host-calls.ts'
import { ThreadLimits } from './limits/thread-limits.ts'
import { ShardLoop } from './shard-loop.ts'

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
async function endingsOf({ withdrawn, isFirstAsync, isTraced }: Start, answer: () => unknown): Promise<string[]> {
  const parts: OutcomePart[] = []
  const verify = (item: unknown): unknown =>
    item === TASK ? answer() : item === 0 && isFirstAsync === true ? Promise.resolve(true) : true
  const limits = new ThreadLimits(() => {})
  const host = { calls: new HostCalls(() => {}), verifier: 0, names: [] }
  const verifier = {
    config: {},
    host,
    prefetch: undefined,
    state: undefined,
    verify,
    isRetryable: () => false,
    teardown: () => {},
  }
  const cells = new Int32Array(createCells())
  const post = (part: OutcomePart): number => parts.push(part)
  const thread = { cells, limits, reducers: new ThreadReducers(), post }
  const loop = new ShardLoop(shard(isTraced === true ? traceFile() : undefined), verifier, thread)
  if (withdrawn !== undefined) loop.abortTask(withdrawn, new Error('nobody waits for it'), 10)
  const { part } = await loop.run()
  if (part !== undefined) parts.push(part)
  const endings: string[] = []
  for (const { positions, statuses, verdicts } of parts) {
    statuses.forEach((status, i) => {
      const position = positions instanceof Uint32Array ? positions[i]! : positions.from + i
      endings[position] = [STATUSES[status], VERDICTS[verdicts[i]!]].filter(Boolean).join(' ')
    })
  }
  return endings
}

function shard(traceFile: number | undefined): RunShard {
  const items = Array.from({ length: TASKS }, (_, i) => i)
  return {
    type: 'shard',
    assignment: 1,
    verifier: 1,
    payload: { kind: 'items', items, firstIndex: 0 },
    base: 0,
    ranges: [0, TASKS],
    timeoutMs: 60_000,
    concurrency: 1,
    attempt: 1,
    alone: false,
    mayRetry: false,
    maxValueBytes: Infinity,
    gate: EVEN_GATE,
    traceFile,
  }
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
