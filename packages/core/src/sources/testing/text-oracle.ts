/** A record as a slow and simple reading of the whole text finds it. */
export interface OracleRecord {
  readonly line: number
  readonly text: string
  /** CSV: `undefined` if its quotes are wrong. */
  readonly fields?: readonly string[] | undefined
}

export interface OracleCsv {
  readonly records: readonly OracleRecord[]
  /** The line on which a quote opens that is not closed, or whose field is too long. */
  readonly unclosed: number | undefined
}

export function oracleLines(text: string): OracleRecord[] {
  const parts = text.split('\n')
  const last = parts.pop()
  const records = parts.map((part, at) => ({ line: at + 1, text: part.endsWith('\r') ? part.slice(0, -1) : part }))
  return last === undefined || last === '' ? records : [...records, { line: records.length + 1, text: last }]
}

export function oracleNdjson(text: string): OracleRecord[] {
  return oracleLines(text).filter((record) => /[^ \t\r]/.test(record.text))
}

export function oracleCsv(text: string, delimiter: string, maxFieldBytes: number): OracleCsv {
  const records: OracleRecord[] = []
  let at = 0
  let line = 1
  while (at < text.length) {
    const start = at
    const firstLine = line
    const fields: string[] = []
    let wrong = false
    for (;;) {
      let value = ''
      let rest = ''
      let quoted = false
      if (text[at] === '"') {
        quoted = true
        const openedOn = line
        const open = at + 1
        for (at = open; at < text.length && (text[at] !== '"' || text[at + 1] === '"'); at++) {
          if (text[at] === '"') at++
          if (text[at] === '\n') line++
          value += text[at]
        }
        if (at >= text.length || Buffer.byteLength(text.slice(open, at)) > maxFieldBytes)
          return { records, unclosed: openedOn }
        at++
      }
      for (; at < text.length && text[at] !== delimiter && text[at] !== '\n'; at++) rest += text[at]
      const endsRecord = text[at] !== delimiter
      if (endsRecord && text[at] === '\n' && rest.endsWith('\r')) rest = rest.slice(0, -1)
      // Spaces may follow a closing quote.
      if (quoted && rest.trim() !== '') wrong = true
      fields.push(quoted ? value : rest)
      if (endsRecord) break
      at++
    }
    const endsWithLf = text[at] === '\n'
    const raw = text.slice(start, at)
    const body = endsWithLf && raw.endsWith('\r') ? raw.slice(0, -1) : raw
    at++
    line++
    if (body !== '') records.push({ line: firstLine, text: body, fields: wrong ? undefined : fields })
  }
  return { records, unclosed: undefined }
}
