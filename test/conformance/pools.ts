import { join } from 'node:path'
import type { Engine, EngineOptions, PoolKind } from '@fanfold/core'
import { tempFolder, testEngine } from '../engine/fixtures.ts'

/** Where verifiers may run. What is tested of one has to hold in the other. */
export const POOLS: readonly PoolKind[] = ['threads', 'processes']

/** An engine on such a pool that is closed when the test ends. */
export function engineOn(pool: PoolKind, options: EngineOptions = { threads: 2 }): Engine {
  return testEngine({ ...options, pool })
}

/** A file for a verifier to write to. */
export function newLog(): string {
  return join(tempFolder(), 'log')
}
