import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Engine } from '@fanfold/core'
import type { EngineOptions, Outcome, Progress, Run } from '@fanfold/core'
import { expect, onTestFinished } from 'vitest'

export const faults: URL = new URL('./verifiers/faults.ts', import.meta.url)
export const lifecycle: URL = new URL('./verifiers/lifecycle.ts', import.meta.url)
export const staged: URL = new URL('./verifiers/staged.ts', import.meta.url)

/** An engine that is closed when the test ends. */
export function testEngine(options: EngineOptions = { threads: 2 }): Engine {
  const engine = new Engine(options)
  onTestFinished(async () => {
    await engine.close()
  })
  return engine
}

export function tempFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'fanfold-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

export async function collect<Value>(run: Run<Value>): Promise<Outcome<Value>[]> {
  const outcomes: Outcome<Value>[] = []
  for await (const outcome of run) outcomes.push(outcome)
  return outcomes
}

export function byIndex<Value>(outcomes: readonly Outcome<Value>[]): Outcome<Value>[] {
  return [...outcomes].sort((a, b) => a.index - b.index)
}

/** `count` tasks that pass, but for those given by their index. */
export function tasks(count: number, special: Readonly<Record<number, object>> = {}): object[] {
  return Array.from({ length: count }, (_, i) => special[i] ?? { do: 'pass', n: i })
}

/** Looks at a run every few milliseconds until it is as expected, and returns what it was like then. */
export async function progressWhere(run: Run, isExpected: (progress: Progress) => boolean): Promise<Progress> {
  for await (const progress of run.watch({ everyMs: 5 })) {
    if (isExpected(progress)) return progress
    if (progress.state === 'ended') break
  }
  throw new Error('the run ended and was never as expected')
}

/** How often each line was written, by its first word. */
export function counted(log: string): Record<string, number> {
  const counts: Record<string, number> = {}
  if (!existsSync(log)) return counts
  for (const line of readFileSync(log, 'utf8').trim().split('\n')) {
    const [what] = line.split(' ')
    counts[what!] = (counts[what!] ?? 0) + 1
  }
  return counts
}

/** Waits until so much was written. */
export async function untilWritten(log: string, expected: Readonly<Record<string, number>>): Promise<void> {
  await expect.poll(() => counted(log), { timeout: 30_000 }).toMatchObject(expected)
}

/** What a program with `@fanfold/core` in reach prints, in a process of its own that ends by itself. */
export async function runScript(script: string): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
    cwd: import.meta.dirname,
  })
  return stdout
}
