import type { Spread } from './ratios.ts'

/** Three significant digits, whole numbers with thousands marked; `–` for what was not measured. */
export function digits(value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return '–'
  if (value === 0) return '0'
  const size = Math.abs(value)
  if (size >= 100) return Math.round(value).toLocaleString('en')
  if (size < 0.001) return value.toExponential(1)
  return value.toPrecision(3)
}

/** `smallest … largest`. */
export function range(spread: Spread | undefined): string {
  return spread === undefined ? '–' : `${digits(spread.min)} … ${digits(spread.max)}`
}

const UNITS: Readonly<Record<string, string>> = { Us: 'µs', Ms: 'ms', Mb: 'MB', Kb: 'kB' }
const OWN_UNITS: Readonly<Record<string, string>> = {
  speed: 'tasks/s',
  microseconds: 'µs',
  firstMicroseconds: 'µs',
  cpuMicroseconds: 'µs',
}

/**
 * What a measure is in, from the end of its name; nothing for a plain number. What follows an `@` says where it was taken
 * (`perTaskUs@10 µs`).
 */
export function unitOf(measure: string): string {
  return OWN_UNITS[measure] ?? UNITS[measure.replace(/@.*/, '').slice(-2)] ?? ''
}

/** Lines of equal width: the first column to the left, the others to the right. */
export function alignedTable(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)))
  return rows
    .map((row) =>
      row
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** The same as Markdown. */
export function markdownTable([head = [], ...rows]: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', String.raw`\|`)).join(' | ')} |`
  return [line(head), line(head.map((_, column) => (column === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n')
}
