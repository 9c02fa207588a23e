/** One column of a table. */
export interface Column {
  readonly title: string
  readonly align?: 'left' | 'right'
}

const GAP = '  '

/** Lines of a table, as narrow as its texts allow; the last column is cut to the width there is. */
export function tableLines(columns: readonly Column[], rows: readonly (readonly string[])[], width: number): string[] {
  const titles = columns.map((column) => column.title)
  const widths = columns.map((_, at) => Math.max(...[titles, ...rows].map((row) => (row[at] ?? '').length)))
  return [titles, ...rows].map((row) => {
    const cells = columns.map((column, at) => {
      const text = row[at] ?? ''
      return column.align === 'right' ? text.padStart(widths[at] ?? 0) : text.padEnd(widths[at] ?? 0)
    })
    return cut(cells.join(GAP).trimEnd(), width)
  })
}

export function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`
}
