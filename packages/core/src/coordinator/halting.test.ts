import { describe, expect, test } from 'vitest'
import { Told } from './testing/told.ts'

/** A run whose first shard, of eight tasks, is on lane 0 as assignment 1, and whose second waits. */
function working(settings: Parameters<Told['run']>[1], lanes = 1): Told {
  const told = Told.ready(lanes)
  told.run(1, { concurrency: 1, ...settings })
  told.read(8)
  told.read(4)
  return told
}

describe('a run in which more tasks are unsuccessful than it tolerates', () => {
  test('starts nothing more, lets what runs end, and fails', () => {
    const told = working({ tolerance: { count: 1 } })
    expect(told.failed(0, 1, [0], 'final')).toEqual(['deliver 1:0 1 after 1'])
    expect(told.failed(0, 1, [1], 'final')).toEqual([
      'deliver 1:0 1 after 1',
      'settle 1:1[0 4] aborted after 0',
      'stop 1 on 0',
    ])
    expect(told.part(0, 1, 2, 1)).toEqual(['deliver 1:0 1 after 1'])
    expect(told.ended(0, 1)).toEqual(['settle 1:0[3 8] aborted after 0', 'end 1 failed, not exhausted'])
  })

  test('ends what runs, too, when that was asked for', () => {
    const told = working({ tolerance: { count: 0 }, halt: 'now' })
    expect(told.failed(0, 1, [0], 'final')).toContain('abort 0')
  })

  test('goes on to the end, and fails there, when it is never to be halted', () => {
    const told = working({ tolerance: { count: 0 }, halt: 'never' })
    told.failed(0, 1, [0], 'final')
    told.part(0, 1, 1, 7)
    told.ended(0, 1)
    told.part(0, 2, 0, 4)
    told.tell({ type: 'sourceEnded', run: 1 })
    expect(told.ended(0, 2)).toEqual(['end 1 failed'])
  })

  test('counts what an earlier run had settled', () => {
    const told = Told.ready(1)
    const resumed = { tasks: 10, unsuccessful: 2 }
    expect(told.run(1, { tolerance: { count: 1 }, resumed })).toEqual(['end 1 failed, not exhausted'])
  })

  test('is judged by its total as soon as that is known, and by 10,000 before', () => {
    const told = Told.ready(1)
    told.run(1, { concurrency: 1, tolerance: { percentage: 20 } })
    told.read(4)
    expect(told.failed(0, 1, [0], 'final')).toEqual(['deliver 1:0 1 after 1'])
    expect(told.tell({ type: 'sourceEnded', run: 1 })).toEqual(['stop 1 on 0'])
  })
})

describe('a run that is ended', () => {
  test('soon: running tasks still get their verdicts, and are still held to their timeouts', () => {
    const told = working({})
    expect(told.cancel('soon')).toEqual(['settle 1:1[0 4] aborted after 0', 'stop 1 on 0'])
    expect(told.overdue(0, 1, [3], true)).toEqual(['killLane 0'])
    told.part(0, 1, 0, 3)
    expect(told.died(0, [3])).toEqual([
      'openLane 0',
      'settle 1:0[3 4] timedOut after 1',
      'settle 1:0[4 8] aborted after 0',
      'end 1 cancelled, not exhausted',
    ])
  })

  test('soon, and then now: what runs is told to end', () => {
    const told = working({})
    told.cancel('soon')
    expect(told.cancel('now')).toEqual(['abort 0'])
    expect(told.cancel('now')).toEqual([])
    expect(told.cancel('soon')).toEqual([])
  })

  test('by something that broke fails, although it was cancelled before', () => {
    const told = working({})
    told.cancel('soon')
    expect(told.tell({ type: 'runBroken', run: 1, error: new Error('disk full') })).toEqual(['abort 0'])
    expect(told.ended(0, 1)).toContain('end 1 failed, not exhausted')
  })
})

describe('the circuit breaker', () => {
  test('stops a run whose threads die after their tasks were settled', () => {
    const told = Told.ready(1)
    told.run(1, { concurrency: 1 })
    let assignment = 0
    const commands: string[] = []
    for (let deaths = 0; deaths < 17; deaths++) {
      commands.push(...told.read(1))
      assignment++
      told.part(0, assignment, 0, 1)
      told.ended(0, assignment)
      told.delivered(deaths, 1)
      commands.push(...told.died(0))
      told.open(0)
    }
    expect(commands.at(-1)).toBe('end 1 failed, not exhausted')
  })

  test('stops a run in which each task survives alone, but never in company', () => {
    const told = Told.ready(1)
    told.run(1, { concurrency: 1 })
    told.read(20)
    let assignment = 1
    for (let position = 0; told.coordinator.state.runs.get(1)!.phase.name === 'running'; position++) {
      expect(position).toBeLessThan(20)
      told.died(0, [position])
      told.open(0)
      if (told.coordinator.state.runs.get(1)!.phase.name !== 'running') break
      told.part(0, assignment + 1, position, 1)
      told.ended(0, assignment + 1)
      assignment += 2
    }
    expect(told.coordinator.state.runs.get(1)!.ended).toMatchObject({
      how: 'failed',
      error: { code: 'FANFOLD_THREAD_DIED' },
    })
  })

  test('forgives a death after much work', () => {
    const told = Told.ready(1)
    told.run(1, { concurrency: 1 })
    let assignment = 0
    const work = (shard: number): void => {
      told.read(1)
      told.part(0, ++assignment, 0, 1)
      told.ended(0, assignment)
      told.delivered(shard, 1)
    }
    for (let shard = 0; shard < 64; shard++) work(shard)
    told.died(0)
    expect(told.coordinator.state.runs.get(1)!.breaker.strikes).toBe(1)
    told.open(0)
    for (let shard = 64; shard < 128; shard++) work(shard)
    expect(told.coordinator.state.runs.get(1)!.breaker.strikes).toBe(0)
  })
})

describe('a thread that is worn out', () => {
  test('after so many tasks is replaced, between shards', () => {
    const told = Told.ready(1, { tasks: 5, heapMb: Infinity })
    told.run(1, { concurrency: 1 })
    told.read(4)
    told.read(4)
    told.part(0, 1, 0, 4)
    expect(told.ended(0, 1)).toEqual(['dispatch 2 to 0: 1:1[0 4]', 'read 1 32'])
    told.part(0, 2, 0, 4)
    expect(told.ended(0, 2)).toEqual(['retireLane 0'])
    told.died(0)
    expect(told.open(0)).toEqual([])
    expect(told.coordinator.state.lanes[0]!.tasks).toBe(0)
  })

  test('by its heap is replaced', () => {
    const told = Told.ready(1, { tasks: Infinity, heapMb: 100 })
    told.run(1, { concurrency: 1 })
    told.read(4)
    told.part(0, 1, 0, 4)
    expect(told.ended(0, 1, [], 0, 100)).toEqual(['retireLane 0'])
  })
})
