import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Engine } from '@fanfold/core'
import type { EngineOptions, Outcome, Run } from '@fanfold/core'
import { onTestFinished } from 'vitest'

export const faults: URL = new URL('./verifiers/faults.ts', import.meta.url)
export const lifecycle: URL = new URL('./verifiers/lifecycle.ts', import.meta.url)

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
