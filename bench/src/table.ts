import type { BenchCase, Target } from './bench-case.ts'
import type { Round } from './rounds.ts'
import { cpuMicroseconds, firstMicroseconds, warmMicroseconds } from './rounds.ts'
import { speedAgainst, spreadOf } from './ratios.ts'
import type { Spread } from './ratios.ts'

/** A case's results as text: one line a side, then each target beside what was measured. */
export function resultTable(benchCase: BenchCase, rounds: readonly Round[]): string {
  const base = benchCase.sides[0].name
  const head = ['side', 'µs a task', 'tasks/s', `speed, × ${base}`, 'min … max', 'first run, µs', 'CPU, µs']
  const rows = benchCase.sides.map(({ name }) => {
    const times = warmMicroseconds(rounds, name)
    const speed = speedAgainst(times, warmMicroseconds(rounds, base))
    const median = spreadOf(times).median
    return [
      name,
      digits(median),
      Math.round(1e6 / median).toLocaleString('en'),
      digits(speed.median),
      range(speed),
      digits(spreadOf(firstMicroseconds(rounds, name)).median),
      digits(spreadOf(cpuMicroseconds(rounds, name)).median),
    ]
  })
  const lines = align([head, ...rows])
  return [...lines, '', ...benchCase.targets.map((target) => targetLine(target, rounds))].join('\n')
}

function targetLine({ side, against, atLeast }: Target, rounds: readonly Round[]): string {
  const speed = speedAgainst(warmMicroseconds(rounds, side), warmMicroseconds(rounds, against))
  const verdict = speed.median >= atLeast ? 'met' : 'MISSED'
  return `target ${verdict}: ${side} ≥ ${atLeast} × ${against}; measured ${digits(speed.median)} (${range(speed)})`
}

function range({ min, max }: Spread): string {
  return `${digits(min)} … ${digits(max)}`
}

function digits(value: number): string {
  return value.toPrecision(value >= 100 ? Math.ceil(Math.log10(value)) : 3)
}

/** The first column to the left, the others to the right. */
function align(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)))
  return rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  '),
  )
}
