/** How wide a line on stderr may be; `Infinity` when it is a file or a pipe. */
export function terminalColumns(): number {
  const { isTTY, columns } = process.stderr
  // The last column stays free: a full line makes some terminals go on to the next.
  return isTTY && columns > 0 ? columns - 1 : Infinity
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
