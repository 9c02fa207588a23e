/** A run is killed at random moments, or loses what was not durable, and goes on; in the end nothing shows of it. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, statSync, truncateSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { Folder } from '../sources/testing/folder.ts'
import { readFrames } from './format.ts'
import { Replay } from './replay.ts'
import type { JournalState } from './replay.ts'

const folder = new Folder()
afterAll(() => folder.remove())

const SESSION = fileURLToPath(new URL('testing/session.ts', import.meta.url))
const TASKS = 3000
/** More than is settled in five starts of a second and a half, so that not only its end is made durable. */
const LONG = 40_000

interface Ended {
  readonly said: string
  readonly isKilled: boolean
  /** Of each file, how much of it was durable when it was last told. */
  readonly durable: ReadonlyMap<string, number>
}

/** One start of the run, killed so long after it has begun; it may have ended before. */
async function session(
  into: string,
  killAfterMs: number,
  words: readonly string[],
  tasks: number = TASKS,
): Promise<Ended> {
  const told = `${into}/durable`
  const descriptor = openSync(told, 'w')
  const child = spawn(process.execPath, [SESSION, into, String(tasks), ...words], {
    stdio: ['ignore', 'pipe', 'inherit', descriptor],
  })
  closeSync(descriptor)
  let said = ''
  child.stdout!.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const exited = once(child, 'close')
  while (!said.includes('started') && child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 1))
  const timer = killAfterMs === Infinity ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfterMs)
  const [code, signal] = (await exited) as [number | null, string | null]
  clearTimeout(timer)
  if (signal === null) expect(code).toBe(0)
  const lines = readFileSync(told, 'utf8').split('\n').slice(0, -1)
  const durable = new Map(lines.map((line) => JSON.parse(line) as [string, number]))
  return { said, isKilled: signal !== null, durable }
}

async function stateOf(into: string): Promise<JournalState | undefined> {
  const path = `${into}/journal`
  if (!existsSync(path)) return undefined
  const file = await open(path)
  const replay = new Replay(path)
  for await (const { frame, line } of readFrames(file, path)) replay.play(frame, line)
  await file.close()
  return replay.state()
}

function lines(into: string): { index: number; status: string }[] {
  const text = readFileSync(`${into}/out`, 'utf8')
  expect(text.endsWith('\n')).toBe(true)
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as { index: number; status: string })
}

function expectWhole(into: string, isRedriven: boolean, tasks: number = TASKS): void {
  const written = lines(into).toSorted((a, b) => a.index - b.index)
  const expected = Array.from({ length: tasks }, (_, index) => ({
    index,
    status: !isRedriven && index % 10 === 3 ? 'errored' : 'completed',
  }))
  expect(written).toEqual(expected)
}

function fresh(name: string): string {
  const path = `${folder.path}/${name}`
  mkdirSync(path)
  return path
}

test.each(['arrival', 'input'])(
  'killed again and again, a run in the order of %s ends with each line once, and no settled task is lost',
  async (order) => {
    const into = fresh(`kill-${order}`)
    let kills = 0
    let settledBefore = 0
    for (let ended: Ended | undefined; ended === undefined || ended.isKilled;) {
      ended = await session(into, 1 + Math.random() * (kills < 4 ? 60 : 400), [order])
      if (ended.isKilled) kills++
      const settled = (await stateOf(into))?.settled.size ?? 0
      // A kill takes nothing that was written, durable or not.
      expect(settled).toBeGreaterThanOrEqual(settledBefore)
      settledBefore = settled
    }
    expect(kills).toBeGreaterThan(3)
    expectWhole(into, false)
    if (order === 'input') expect(lines(into).map(({ index }) => index)).toEqual([...Array(TASKS).keys()])
    const { totals, unsuccessful, settled, ended } = (await stateOf(into))!
    expect([totals.verdicts[0], unsuccessful.size, settled.toArray()]).toEqual([TASKS * 0.9, TASKS * 0.1, [0, TASKS]])
    expect(ended).toMatchObject({ isWhole: true, report: { tasks: TASKS } })
    expect((await session(into, Infinity, [order])).said).toBe('started\ncomplete\n')
  },
)

test('after a power cut everything that was durable is there, and the rest is run again', async () => {
  const into = fresh('power')
  const journal = `${into}/journal`
  let wasDurable = 0
  for (let cuts = 0; cuts < 5; cuts++) {
    // Frames become durable after a second; some of these come before that.
    const ended = await session(into, 300 + Math.random() * 1200, [], LONG)
    // What was not durable is gone.
    for (const path of [journal, `${into}/out`]) {
      const kept = ended.durable.get(path) ?? 0
      if (existsSync(path) && statSync(path).size > kept) truncateSync(path, kept)
    }
    const settled = (await stateOf(into))?.settled.size ?? 0
    expect(settled).toBeGreaterThanOrEqual(wasDurable)
    // The output has them all: going on takes nothing back.
    expect((await session(into, 40, [], LONG)).isKilled).toBe(true)
    wasDurable = (await stateOf(into))?.settled.size ?? 0
    expect(wasDurable).toBeGreaterThanOrEqual(settled)
  }
  expect((await session(into, Infinity, ['quick'], LONG)).said).toBe('started\nrunning\n')
  expectWhole(into, false, LONG)
})

test('killed at any moment of a redrive, the unsuccessful are run again, and have one line', async () => {
  const into = fresh('redrive')
  await session(into, Infinity, ['quick'])
  expectWhole(into, false)
  let kills = 0
  for (let ended: Ended | undefined; ended === undefined || ended.isKilled;) {
    // Until it was resumed as a redrive to its end, either way of resuming must do no harm.
    ended = await session(into, 1 + Math.random() * (kills < 12 ? 40 : 600), ['redrive'])
    if (ended.isKilled) kills++
    const indices = lines(into).map(({ index }) => index)
    expect(new Set(indices).size).toBe(indices.length)
    await stateOf(into)
  }
  expect(kills).toBeGreaterThan(0)
  expectWhole(into, true)
  rmSync(into, { recursive: true })
})
