import { Engine } from '@fanfold/core'

/** How many threads a run has for which nothing is set: as many as this machine and its cgroup give cores. */
export function defaultThreads(): number {
  // Starts none.
  return new Engine().threads
}
