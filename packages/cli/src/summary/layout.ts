import { paint } from '../paint.ts'

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

/** Wraps between words; a word longer than the width is cut into pieces. */
export function wrap(text: string, width: number): string[] {
  if (width === Infinity) return [text]
  return fill(
    text.split(' ').flatMap((word) => pieces(word, width)),
    width,
  )
}

/** Lines of as many words as fit; a word longer than the width has a line of its own. */
export function fill(words: readonly string[], width: number): string[] {
  const lines: string[] = []
  for (const word of words) {
    const last = lines.at(-1)
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word)
    else lines[lines.length - 1] = `${last} ${word}`
  }
  return lines
}

function pieces(word: string, width: number): string[] {
  if (word.length <= width) return [word]
  return Array.from({ length: Math.ceil(word.length / width) }, (_, at) => word.slice(at * width, (at + 1) * width))
}
