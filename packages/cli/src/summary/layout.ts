import { paint } from '../paint.ts'
import { fill, wrap } from '../wrap.ts'

/** A line's number fits, up to 99,999. */
export const LABEL_WIDTH = 12
const INDENT = 2
const CONTINUED = ' \\'

type Style = Parameters<typeof paint>[0]

/** A label and a text beside it, wrapped between words to the width, at the same column on every line. */
export function labelled(label: string, text: string, columns: number, style: Style): string {
  const width = Math.max(16, columns - INDENT - LABEL_WIDTH)
  const lead = ' '.repeat(INDENT)
  return wrap(text, width)
    .map((line, at) => `${lead}${paint(style, (at === 0 ? label : '').padEnd(LABEL_WIDTH))}${line}`)
    .join('\n')
}

/**
 * A command line to be copied, wrapped between its words as a shell takes it: a word is never cut, whatever its length,
 * and a line that goes on ends with a backslash.
 */
export function labelledCommand(label: string, words: readonly string[], columns: number, style: Style): string {
  const lines = fill(words, Math.max(16, columns - INDENT - LABEL_WIDTH - CONTINUED.length))
  const indent = ' '.repeat(INDENT + LABEL_WIDTH)
  return `${' '.repeat(INDENT)}${paint(style, label.padEnd(LABEL_WIDTH))}${lines.join(`${CONTINUED}\n${indent}`)}`
}
