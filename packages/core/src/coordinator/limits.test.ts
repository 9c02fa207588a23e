import { describe, expect, test } from 'vitest'
import { NEVER } from '../policy/recycling.ts'
import type { LimitSettings } from '../policy/limits/limit-settings.ts'
import type { LimitUsed } from './events.ts'
import { ONE_PERMIT, limitUse } from './testing/limit-use.ts'
import { Told } from './testing/told.ts'

const SETTINGS: LimitSettings = { ...ONE_PERMIT, concurrency: 10, maxConcurrency: 10 }
const NO_RESULTS = { calls: 0, failed: 0, rejected: 0, logMsSum: 0 }

const use = (lane: number, over: Partial<LimitUsed>): LimitUsed => limitUse(lane, 'crm', over)

/** A coordinator of two lanes, or so many, with a limit of ten permits, or another. */
function limited(over: Partial<LimitSettings> = {}, lanes = 2): Told {
  const told = new Told(lanes, NEVER, { crm: { ...SETTINGS, ...over } })
  for (let lane = 0; lane < lanes; lane++) told.tell({ type: 'laneOpened', lane })
  return told
}

describe('permits', () => {
  test('are granted to who waits, as far as there are some', () => {
    const told = limited()
    expect(told.tell(use(0, { waiting: 7 }))).toEqual(['grant 7 of crm on 0'])
    expect(told.tell(use(1, { waiting: 7 }))).toEqual(['grant 3 of crm on 1', 'recall 2 of crm on 0'])
    expect(told.tell(use(0, { granted: 7, returned: 2 }))).toEqual(['grant 2 of crm on 1'])
  })

  test('that are on their way to a lane are not granted again when it says once more that it waits', () => {
    const told = limited()
    told.tell(use(0, { waiting: 3 }))
    expect(told.tell(use(0, { waiting: 4 }))).toEqual(['grant 1 of crm on 0'])
    expect(told.tell(use(0, { granted: 4, waiting: 0 }))).toEqual([])
  })

  test('are divided alike among lanes that all want more', () => {
    const told = limited({}, 4)
    told.tell(use(0, { waiting: 20 }))
    expect(told.tell(use(1, { waiting: 20 }))).toEqual(['recall 5 of crm on 0'])
    told.tell(use(2, { waiting: 20 }))
    told.tell(use(3, { waiting: 20 }))
    for (let n = 0; n < 8; n++) told.tell(use(0, { granted: 10 + n, waiting: 20, returned: 1 }))
    const held = told.coordinator.state.limits.get('crm')!.lanes.map((lane) => lane.held)
    expect(held.toSorted((a, b) => a - b)).toEqual([2, 2, 3, 3])
  })

  test('of a thread that dies are there again for others', () => {
    const told = limited()
    told.tell(use(0, { waiting: 10 }))
    told.tell(use(1, { waiting: 4 }))
    expect(told.died(0)).toContain('grant 4 of crm on 1')
    expect(told.coordinator.state.limits.get('crm')!.lanes[0]).toMatchObject({ held: 0, waiting: 0, recalled: 0 })
  })

  test('that were never granted cannot come back', () => {
    const told = limited()
    told.tell(use(0, { waiting: 1 }))
    expect(() => told.tell(use(0, { granted: 1, returned: 2 }))).toThrow('gave back more of the limit crm')
  })
})

describe('a limit that adapts', () => {
  test('does not grant the permit of a rejected call again, also when it has grown a moment ago', () => {
    const told = limited({ isAdaptive: true, concurrency: 10, maxConcurrency: 100 })
    told.tell(use(0, { waiting: 40 }))
    const ten = { ...NO_RESULTS, calls: 10 }
    expect(told.tell(use(0, { granted: 10, waiting: 30, results: ten }))).toEqual(['grant 1 of crm on 0'])
    const rejected = { ...NO_RESULTS, calls: 1, failed: 1, rejected: 1 }
    expect(told.tell(use(0, { granted: 11, waiting: 30, returned: 1, results: rejected }))).toEqual([])
  })
})

describe('an update', () => {
  const lower = { ...SETTINGS, concurrency: 4, maxConcurrency: 4 }

  test('to fewer permits calls those beyond back, and grants none until they have come', () => {
    const told = limited()
    told.tell(use(0, { waiting: 6 }))
    told.tell(use(1, { waiting: 4 }))
    expect(told.tell({ type: 'limitUpdated', limit: 'crm', settings: lower })).toEqual([
      'recall 4 of crm on 0',
      'recall 2 of crm on 1',
    ])
    expect(told.tell(use(0, { granted: 6, returned: 4, waiting: 3 }))).toEqual([])
    expect(told.tell(use(1, { granted: 4, returned: 3 }))).toEqual(['grant 1 of crm on 0'])
  })

  test('to more permits grants them at once', () => {
    const told = limited(lower)
    told.tell(use(0, { waiting: 9 }))
    expect(told.tell({ type: 'limitUpdated', limit: 'crm', settings: SETTINGS })).toEqual(['grant 5 of crm on 0'])
  })
})

describe('with a rate', () => {
  const rate = { count: 2, perMs: 1000 }

  test('starts wait for their time, which is told once', () => {
    const told = limited({ rate })
    expect(told.tellAt(0, use(0, { waiting: 3 }))).toEqual(['grant 1 of crm on 0'])
    const started = use(0, { granted: 1, waiting: 2, starts: [10], returned: 1 })
    expect(told.tellAt(12, started)).toEqual(['wait 48 for crm'])
    expect(told.tellAt(20, use(1, { waiting: 1 }))).toEqual([])
    expect(told.tellAt(60, { type: 'limitDue', limit: 'crm' })).toEqual(['grant 1 of crm on 0'])
  })

  test('a start that was allowed and not made gives its place back', () => {
    const told = limited({ rate })
    told.tellAt(0, use(0, { waiting: 1 }))
    expect(told.tellAt(5, use(1, { waiting: 1 }))).toEqual([])
    expect(told.tellAt(6, use(0, { granted: 1, returned: 1, unused: 1 }))).toEqual(['grant 1 of crm on 1'])
  })

  test('a thread that dies may have made its starts at any time until then', () => {
    const told = limited({ rate })
    told.tellAt(0, use(0, { waiting: 1 }))
    told.tellAt(5, use(1, { waiting: 1 }))
    const died = { type: 'laneDied', lane: 0, running: [], error: new Error('exit'), stuck: false } as const
    expect(told.tellAt(100, died)).toContain('wait 50 for crm')
    expect(told.tellAt(150, { type: 'limitDue', limit: 'crm' })).toEqual(['grant 1 of crm on 1'])
  })
})

describe('a breaker', () => {
  const breaker = { percentage: 50, calls: 4, openMs: 1000 }
  const failed = (calls: number): LimitUsed['results'] => ({ ...NO_RESULTS, calls, failed: calls })

  test('that opens refuses who waits, and who asks, for its time; then it grants one', () => {
    const told = limited({ breaker })
    told.tellAt(0, use(0, { waiting: 10 }))
    const allFailed = use(0, { granted: 10, waiting: 3, returned: 4, results: failed(4) })
    expect(told.tellAt(10, allFailed)).toEqual(['refuse crm on 0 for 1000', 'recall 6 of crm on 0'])
    expect(told.tellAt(300, use(1, { waiting: 2 }))).toEqual(['refuse crm on 1 for 710'])
    told.tellAt(900, use(0, { granted: 10, returned: 6 }))
    expect(told.tellAt(1010, use(1, { waiting: 2 }))).toEqual(['grant 1 of crm on 1'])
    expect(told.tellAt(1020, use(0, { granted: 10, waiting: 1 }))).toEqual([])
    const good = use(1, { granted: 1, waiting: 1, results: { ...NO_RESULTS, calls: 1 } })
    expect(told.tellAt(1030, good)).toEqual(['grant 1 of crm on 0', 'grant 1 of crm on 1'])
    expect(told.coordinator.state.limits.get('crm')!.counts).toMatchObject({ calls: 5, failed: 4 })
  })
})
