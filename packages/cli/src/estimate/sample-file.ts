import { createWriteStream } from 'node:fs'
import { once } from 'node:events'
import type { Sample, SampleFormat } from './sample.ts'

/** A file of sampled records, as every process that measures reads it. */
export interface SampleFile {
  readonly path: string
  readonly format: SampleFormat
  readonly tasks: number
  readonly bytes: number
  /** Stretches of whole records, for the loop that is not to cut them twice. */
  readonly stretches: readonly { readonly at: number; readonly bytes: number; readonly tasks: number }[]
}

/**
 * Writes every `step`-th of the first `tasks` records: a smaller sample of which is as mixed as the whole.
 *
 * @throws when the folder for temporary files is full
 */
export async function writeSample(sample: Sample, path: string, tasks: number, step: number): Promise<SampleFile> {
  const { format } = sample
  const stretches: SampleFile['stretches'][number][] = []
  const file = createWriteStream(path)
  const closed = once(file, 'close')
  const header = Buffer.from(headerOf(format))
  file.write(header)
  let at = header.length
  let count = 0
  for (const { bytes, tasks: inIt } of sample.records(tasks, step)) {
    if (!file.write(bytes)) await once(file, 'drain')
    stretches.push({ at, bytes: bytes.length, tasks: inIt })
    at += bytes.length
    count += inIt
  }
  file.end()
  await closed
  return { path, format, tasks: count, bytes: at - header.length, stretches }
}

function headerOf(format: SampleFormat): string {
  if (format.name !== 'csv' || format.header === undefined) return ''
  return `${format.header.map((name) => `"${name.replaceAll('"', '""')}"`).join(format.delimiter)}\n`
}
