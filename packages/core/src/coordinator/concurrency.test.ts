import { describe, expect, test } from 'vitest'
import type { LimitSettings } from '../policy/limits/limit-settings.ts'
import { NEVER } from '../policy/recycling.ts'
import type { Command } from './commands.ts'
import type { Event } from './events.ts'
import { ONE_PERMIT, limitUse } from './testing/limit-use.ts'
import { Told, shardRead } from './testing/told.ts'

const AUTO = { concurrency: 'auto', maxHeldTasks: 10_000, maxHeldBytes: 100_000 } as const

function limit(concurrency: number, maxConcurrency: number = concurrency): LimitSettings {
  return { ...ONE_PERMIT, concurrency, maxConcurrency, isAdaptive: maxConcurrency > concurrency }
}

/** All lanes are open, and verifier 1 is set up on each; with what their setups were told. */
function ready(
  lanes: number,
  limits: Record<string, LimitSettings> = {},
  added: Partial<Extract<Event, { type: 'verifierAdded' }>> = {},
): { readonly told: Told; readonly shares: number[] } {
  const told = new Told(lanes, NEVER, limits)
  told.tell({ type: 'verifierAdded', verifier: 1, ...added })
  const shares: number[] = []
  for (let lane = 0; lane < lanes; lane++) {
    const commands = told.coordinator.handle({ type: 'laneOpened', lane })
    for (const command of commands) if (command.type === 'loadVerifier') shares.push(command.concurrency)
    told.tell({ type: 'verifierLoaded', lane, verifier: 1 })
  }
  return { told, shares }
}

/** Has a shard read, and says how it is sent on. */
function dispatches(told: Told, tasks: number): readonly Extract<Command, { type: 'dispatch' }>[] {
  const commands = told.coordinator.handle(shardRead(tasks))
  return commands.filter((command) => command.type === 'dispatch')
}

/** The lane has verified all tasks of an assignment, and found how many are worth running at once. */
function ended(told: Told, lane: number, assignment: number, tasks: number, atOnce: number, busyMs = 4): string[] {
  told.part(lane, assignment, 0, tasks)
  const event = { type: 'assignmentEnded', lane, assignment, suspects: [], abandoned: 0, busyMs, atOnce, heapMb: 1 }
  return told.tell(event as Event)
}

describe("of a run that is 'auto'", () => {
  test('each lane finds out how many of its share are worth it, and setup was told of the same share', () => {
    const { told, shares } = ready(3)
    told.run(1, AUTO)
    const sent = [dispatches(told, 4), dispatches(told, 4), dispatches(told, 4)].flat()
    expect(sent.map(({ concurrency, isFound }) => [concurrency, isFound])).toEqual([
      [17, true],
      [17, true],
      [16, true],
    ])
    expect(shares).toEqual([17, 17, 16])
  })

  test('the shares are of the permits that the largest limit has, as it adapts or is updated', () => {
    const { told, shares } = ready(2, { crm: limit(8), billing: limit(5) })
    expect(shares).toEqual([4, 4])
    told.run(1, AUTO)
    expect(dispatches(told, 4)[0]?.concurrency).toBe(4)
    told.tell({ type: 'limitUpdated', limit: 'billing', settings: limit(21) })
    expect(dispatches(told, 4)[0]?.concurrency).toBe(10)
  })

  test('what waits behind has the share of when it was sent', () => {
    const { told } = ready(1, { crm: limit(8) })
    told.run(1, AUTO)
    dispatches(told, 4)
    ended(told, 0, 1, 4, 1)
    dispatches(told, 4)
    told.tell({ type: 'limitUpdated', limit: 'crm', settings: limit(30) })
    expect(dispatches(told, 4)[0]).toMatchObject({ assignment: 3, concurrency: 30 })
    ended(told, 0, 2, 4, 1)
    expect(told.coordinator.state.runs.get(1)).toMatchObject({ concurrencyInUse: 30, concurrencyBound: 30 })
  })

  test('every lane has work, however few permits there are: it may as well compute', () => {
    const { told } = ready(3, { crm: limit(1) })
    told.run(1, AUTO)
    const sent = [dispatches(told, 4), dispatches(told, 4), dispatches(told, 4)].flat()
    expect(sent.map(({ lane, concurrency }) => [lane, concurrency])).toEqual([
      [0, 1],
      [1, 1],
      [2, 1],
    ])
  })

  test('a suspect is alone, and nothing is to be found out with it', () => {
    const { told } = ready(1)
    told.run(1, AUTO)
    dispatches(told, 4)
    told.died(0, [2])
    told.tell({ type: 'laneOpened', lane: 0 })
    const [sent] = told.coordinator.handle({ type: 'verifierLoaded', lane: 0, verifier: 1 })
    expect(sent).toMatchObject({ type: 'dispatch', alone: true, concurrency: 1, isFound: false })
  })

  test('all but one task of what a lane has may be given to one that has nothing to do', () => {
    const { told } = ready(2)
    told.run(1, AUTO)
    dispatches(told, 4)
    expect(told.tell({ type: 'sourceEnded', run: 1 })).toEqual(['wait 1 to share'])
    expect(told.tell({ type: 'shareDue' })).toEqual(['stop 1 on 0'])
  })

  test('shards are as large as one per lane needs them, until a lane says that more are worth it', () => {
    const { told } = ready(1)
    told.run(1, AUTO)
    told.read(32)
    ended(told, 0, 1, 32, 1, 128)
    // At 4 ms a task ten of them are 40 ms; of eight at once there are as many waves as there may be in half a second.
    expect(told.read(10)).toContain('read 1 10')
    ended(told, 0, 2, 10, 8, 40)
    expect(told.read(10)).toContain('read 1 125')
  })

  test('requests go one to a lane, until a lane says that more are worth it', () => {
    const { told } = ready(1)
    told.run(1, { ...AUTO, readAhead: false, isUrgent: true })
    expect(told.tell({ type: 'gathered', run: 1, tasks: 100 })).toEqual(['read 1 1'])
    dispatches(told, 1)
    told.tell({ type: 'gathered', run: 1, tasks: 99 })
    expect(ended(told, 0, 1, 1, 6, 100)).toContain('read 1 6')
  })

  test('its lanes may have other shares when that is updated, and it may become so again', () => {
    const { told } = ready(2)
    told.run(1, AUTO)
    dispatches(told, 4)
    expect(told.tell({ type: 'runUpdated', run: 1, concurrency: 2 })).toEqual(['stop 1 on 0'])
    // What is out comes to its end before anything else may run.
    expect(dispatches(told, 4)).toEqual([])
    expect(told.tell({ type: 'runUpdated', run: 1, concurrency: 'auto' })).toContainEqual(
      expect.stringMatching(/^dispatch 2 to 1/),
    )
  })
})

test('a verifier whose concurrency is known has its setup told a share of that', () => {
  expect(ready(2, {}, { concurrency: 7 }).shares).toEqual([4, 3])
  expect(ready(2, { crm: limit(8) }, { concurrency: 200 }).shares).toEqual([100, 100])
  expect(ready(3, {}, { concurrency: 1 }).shares).toEqual([1, 1, 1])
})

test('of an adaptive limit those permits count that it has at the time', () => {
  const { told } = ready(1, { crm: limit(4, 100) })
  told.run(1, AUTO)
  expect(dispatches(told, 4)[0]?.concurrency).toBe(4)
  told.tell(limitUse(0, 'crm', { waiting: 4 }))
  const results = { calls: 4, failed: 2, rejected: 2, logMsSum: 0 }
  told.tell(limitUse(0, 'crm', { granted: 4, returned: 4, results }))
  ended(told, 0, 1, 4, 4)
  expect(dispatches(told, 4)[0]?.concurrency).toBe(2)
})
