import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Engine } from '@fanfold/core'
import type { EngineOptions, Outcome, Run } from '@fanfold/core'
import { onTestFinished } from 'vitest'
import { progressWhere, tempFolder } from '../engine/fixtures.ts'

/** Where verifiers can run. Every test in this folder holds for each. */
export const POOLS = ['threads', 'processes'] as const
export type Pool = (typeof POOLS)[number]

/** An engine over the pool, which is closed when the test ends. */
export function testEngine({ pool, ...options }: EngineOptions & { readonly pool: Pool }): Engine {
  const engine = new Engine({ ...options, ...poolOption(pool) })
  onTestFinished(async () => {
    await engine.close()
  })
  return engine
}

/** Given only when it is not what an engine has anyway. */
export function poolOption(pool: Pool): { readonly pool?: Pool } {
  return pool === 'threads' ? {} : { pool }
}

/** A verifier module with this text, in a folder of its own. */
export function verifierOf(text: string): string {
  const path = join(tempFolder(), 'verifier.mjs')
  writeFileSync(path, text.replaceAll("'@fanfold/workers'", JSON.stringify(import.meta.resolve('@fanfold/workers'))))
  return path
}

/** `0` to `count - 1`. */
export function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i)
}

/** Waits until a thread is at work on the task with this index. */
export async function untilRunning(run: Run, index = 0): Promise<void> {
  await progressWhere(run, ({ lanes }) => lanes.some((lane) => lane.index === index))
}

/** How many outcomes there are of each status. */
export function tally(outcomes: readonly Outcome[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { status } of outcomes) counts[status] = (counts[status] ?? 0) + 1
  return counts
}

/** The outcomes that are not `completed`, by index: what a fault has cost. */
export function unsuccessful<Value>(outcomes: readonly Outcome<Value>[]): Outcome<Value>[] {
  return outcomes.filter(({ status }) => status !== 'completed').sort((a, b) => a.index - b.index)
}
