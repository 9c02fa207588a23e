import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Plot } from '../src/bench-case.ts'
import { linesOf } from '../src/report/plot-points.ts'
import { writeReport } from '../src/report/write-report.ts'
import { keepSamples, newestSamples } from '../src/samples.ts'
import { madeUpCase, roundOf, sampledOf } from './made-up-case.ts'

const lines: Plot = {
  kind: 'lines',
  name: 'made-up-lines',
  title: 'Speed against threads',
  x: { label: 'threads', scale: 'linear' },
  y: { label: 'speed, × loop', scale: 'linear' },
  points: [
    { line: 'fanfold', x: 2, side: 'fanfold', against: 'loop', measure: 'speed' },
    { line: 'fanfold', x: 1, side: 'loop', against: 'loop', measure: 'speed' },
    { line: 'never run', x: 1, side: 'other', against: 'loop', measure: 'speed' },
  ],
}
const bars: Plot = {
  kind: 'bars',
  name: 'made-up-bars',
  title: 'Makespan',
  y: { label: 'ms', scale: 'linear' },
  measure: 'microseconds',
}
const benchCase = madeUpCase(['loop', 'fanfold', 'other'], { plots: [lines, bars] })
const sampled = sampledOf(benchCase, [roundOf({ loop: 20, fanfold: 10 }), roundOf({ loop: 40, fanfold: 10 })])

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fanfold-bench-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('a line has a point for each side that was sampled, by its x', () => {
  expect(linesOf(lines, sampled)).toEqual([
    {
      name: 'fanfold',
      points: [
        { x: 1, spread: { min: 1, median: 1, max: 1 } },
        { x: 2, spread: { min: 2, median: 3, max: 4 } },
      ],
    },
  ])
})

test('the same samples give the same page and the same pictures, byte for byte', () => {
  const read = (): string[] =>
    ['RESULTS.md', 'plots/made-up-lines.svg', 'plots/made-up-bars.svg'].map((file) =>
      readFileSync(join(folder, file), 'utf8'),
    )
  writeReport(folder, [sampled])
  const first = read()
  writeReport(folder, [sampled])
  expect(read()).toEqual(first)
  expect(first[0]).toContain('![Speed against threads](plots/made-up-lines.svg)')
  expect(first[1]).toMatch(/^<svg [^>]*>.*prefers-color-scheme: dark/s)
  expect(first[1]).toContain('speed, × loop')
  expect(first[2]).toContain('Makespan')
})

test('who was faster than Fanfold is said, and whether in every round', () => {
  const always = sampledOf(benchCase, [roundOf({ loop: 10, fanfold: 20 }), roundOf({ loop: 10, fanfold: 30 })])
  const mostly = sampledOf({ ...benchCase, name: 'mostly' }, [
    roundOf({ loop: 10, fanfold: 20 }),
    roundOf({ loop: 20, fanfold: 10 }),
  ])
  const page = readFileSync(writeReport(folder, [always, mostly, sampled]), 'utf8')
  expect(page.match(/^- .*$/gm)).toEqual([
    '- made-up: *loop* was 2.50 × as fast as *fanfold* (2.00 … 3.00).',
    '- mostly: *loop* was 1.25 × as fast as *fanfold*, but not in every round (0.500 … 2.00).',
  ])
})

test('a sweep is shown as a table of places, and loses at each place by itself', () => {
  const places = (side: string, cheap: number, dear: number) =>
    roundOf({ [side]: 1 }, { measures: { 'perTaskUs@1 µs': cheap, 'perTaskUs@1 ms': dear } })
  const sweep = madeUpCase(['loop', 'fanfold'], { isSweep: true })
  const rounds = [{ ...places('loop', 1, 1000), ...places('fanfold', 4, 500) }]
  const page = readFileSync(writeReport(folder, [sampledOf(sweep, rounds)]), 'utf8')
  expect(page).toContain('| µs at | 1 µs | 1 ms |')
  expect(page).toContain('| fanfold | 4.00 | 500 |')
  expect(page).toContain('| fanfold | 0.250 (0.250 … 0.250) | 2.00 (2.00 … 2.00) |')
  expect(page.match(/^- .*$/gm)).toEqual(['- made-up, 1 µs: *loop* was 4.00 × as fast as *fanfold* (4.00 … 4.00).'])
})

test('the newest samples of a case count, and a case without any is left out', () => {
  const newer = { ...sampled.samples, takenAt: '2026-11-25T12:00:00.000Z', rounds: [] }
  for (const samples of [newer, sampled.samples]) keepSamples(folder, samples)
  const found = newestSamples(folder, [madeUpCase(['loop'], { name: 'never' }), benchCase])
  expect(found).toEqual([{ benchCase, samples: newer }])
})
