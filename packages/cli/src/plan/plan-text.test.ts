import { stripVTControlCharacters } from 'node:util'
import { expect, test } from 'vitest'
import type { ChainPlan, PlannedStep } from './chain-plan.ts'
import { planText } from './plan-text.ts'

function step(name: string, after: readonly string[], independentOf: readonly string[]): PlannedStep {
  return { name, after, independentOf, barriers: 0, records: 100, meanMs: 20, p50Ms: 19, maxMs: 40 }
}

const PLAN: ChainPlan = {
  fanfold: 'plan',
  version: 1,
  made: { at: '2026-11-24T12:00:00.000Z', node: '24.21.0', cores: 2 },
  verifier: './checks.ts',
  inputs: ['in.ndjson'],
  limits: [],
  sample: { records: 100, isCut: false, unsuccessful: 0 },
  threads: 2,
  concurrency: 50,
  steps: [
    step('parse', [], ['postal']),
    step('billing', ['parse'], ['postal', 'crm']),
    step('crm', ['parse'], ['postal', 'billing']),
    step('postal', [], ['parse', 'billing', 'crm']),
  ],
  stages: [
    ['parse', 'postal'],
    ['billing', 'crm'],
  ],
  perRecord: { sequentialMs: 80, criticalMs: 40, cpuMs: 1, halfCriticalMs: 40, slowestMs: 60 },
  criticalPath: ['parse', 'billing'],
  sequentialMs: 8_000,
  predicted: { ms: 160, bound: 'waiting' },
  predictedPer1000: { ms: 1_600, bound: 'waiting' },
  actualMs: 180,
}
const told = (columns: number, changes: Partial<ChainPlan> = {}): string =>
  stripVTControlCharacters(planText({ ...PLAN, ...changes }, { columns, json: undefined }))

test('where the table has no room, what is independent of what goes first, and only then the table', () => {
  expect(told(Infinity)).toMatch(/\n {2}check +after +independent of +records +mean +half within +slowest\n/)
  const narrow = told(70)
  expect(narrow).toMatch(/\n {2}check +after +records +mean +half within +slowest\n/)
  expect(narrow).not.toContain('independent of')
  const words = told(50)
  expect(words).toContain('\n  billing     after parse; independent of')
  for (const [text, columns] of [
    [narrow, 70],
    [words, 50],
  ] as const)
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(columns)
})

test('limits that are set are named where it took much longer, however slow a single record was', () => {
  const slow = { actualMs: 2_000, predicted: { ms: 160, bound: 'slowest' as const } }
  expect(told(Infinity, slow)).not.toContain('warning')
  expect(told(Infinity, { ...slow, limits: ['crm'] })).toContain(
    '\n  warning     it took much longer than predicted: checks wait for the limit crm, which the prediction does not know, checks slow each other down,',
  )
})
