import { paint } from '../paint.ts'

/** A line's number fits, up to 99,999. */
export const LABEL_WIDTH = 12
const INDENT = 2

/** A label and a text beside it, wrapped between words to the width, at the same column on every line. */
export function labelled(label: string, text: string, columns: number, style: Parameters<typeof paint>[0]): string {
  const width = Math.max(16, columns - INDENT - LABEL_WIDTH)
  const lead = ' '.repeat(INDENT)
  return wrap(text, width)
    .map((line, at) => `${lead}${paint(style, (at === 0 ? label : '').padEnd(LABEL_WIDTH))}${line}`)
    .join('\n')
}

/** Wraps between words; a word longer than the width is cut into pieces. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line)
      line = ''
    }
    line = line === '' ? word : `${line} ${word}`
    while (line.length > width) {
      lines.push(line.slice(0, width))
      line = line.slice(width)
    }
  }
  return [...lines, line]
}
