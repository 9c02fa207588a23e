import { EVEN_GATE, createCells } from '../../cells.ts'
import { STATUSES } from '../../outcome-columns.ts'
import type { OutcomePart } from '../../outcome-columns.ts'
import type { RunShard } from '../../protocol.ts'
import { VERDICTS } from '../../verdict.ts'
import { FoundConcurrency } from '../found-concurrency.ts'
import { ThreadReducers } from '../folding/thread-reducers.ts'
import { HostCalls } from '../host/host-calls.ts'
import { ThreadLimits } from '../limits/thread-limits.ts'
import { ShardLoop } from '../shard-loop.ts'

/** How the tasks of a shard have ended. */
export interface ShardEnding {
  /** By position: the status, and the verdict if there is one; nothing for those without an outcome. */
  readonly endings: readonly string[]
  readonly suspects: readonly number[]
}

/**
 * Runs a shard whose items are the numbers from 0, in this thread.
 *
 * @param over - what differs from a plain shard
 * @param begun - called before its first task
 */
export async function runShard(
  items: number,
  verify: (item: unknown) => unknown,
  over: Partial<RunShard> = {},
  begun: (loop: ShardLoop) => void = () => {},
): Promise<ShardEnding> {
  const parts: OutcomePart[] = []
  const verifier = {
    config: {},
    host: { calls: new HostCalls(() => {}), verifier: 0, names: [] },
    prefetch: undefined,
    found: new FoundConcurrency(),
    state: undefined,
    verify,
    isRetryable: () => false,
    teardown: () => {},
  }
  const cells = new Int32Array(createCells())
  const limits = new ThreadLimits(() => {})
  const post = (part: OutcomePart): number => parts.push(part)
  const loop = new ShardLoop({ ...plainShard(items), ...over }, verifier, {
    cells,
    limits,
    reducers: new ThreadReducers(),
    post,
  })
  begun(loop)
  const { part, suspects } = await loop.run()
  if (part !== undefined) parts.push(part)
  return { endings: endingsIn(parts), suspects }
}

function plainShard(count: number): RunShard {
  return {
    type: 'shard',
    assignment: 1,
    verifier: 1,
    payload: { kind: 'items', items: Array.from({ length: count }, (_, i) => i), firstIndex: 0 },
    base: 0,
    ranges: [0, count],
    timeoutMs: 60_000,
    concurrency: 1,
    isFound: false,
    attempt: 1,
    alone: false,
    mayRetry: false,
    maxValueBytes: Infinity,
    gate: EVEN_GATE,
    traceFile: undefined,
  }
}

function endingsIn(parts: readonly OutcomePart[]): string[] {
  const endings: string[] = []
  for (const { positions, statuses, verdicts } of parts) {
    statuses.forEach((status, i) => {
      const position = positions instanceof Uint32Array ? positions[i]! : positions.from + i
      endings[position] = [STATUSES[status], VERDICTS[verdicts[i]!]].filter(Boolean).join(' ')
    })
  }
  return endings
}
