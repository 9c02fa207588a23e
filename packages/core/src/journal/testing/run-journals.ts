import { readFrames } from '../format.ts'
import type { Frame, JournalIdentity } from '../frames.ts'
import { openJournal } from '../journal.ts'
import type { JournaledOutput } from '../../options/journaled-output.ts'
import type { RunJournal } from '../run-journal.ts'
import { passed } from './batches.ts'
import { IDENTITY } from './written.ts'
import { open } from 'node:fs/promises'
import { Folder } from '../../sources/testing/folder.ts'
import { afterAll } from 'vitest'

export const folder: Folder = new Folder()
afterAll(() => folder.remove())

interface Opened {
  readonly journal: RunJournal
  readonly path: string
  readonly failures: Error[]
}

export async function opened(
  name: string,
  output?: JournaledOutput,
  order: JournalIdentity['order'] = 'arrival',
): Promise<Opened> {
  const path = `${folder.path}/${name}`
  const failures: Error[] = []
  const onFailed = (error: Error): void => void failures.push(error)
  const identity = { ...IDENTITY, order, ...(output === undefined ? {} : { output: output.settings }) }
  const result = await openJournal(identity, {
    path,
    resume: 'unfinished',
    onFailed,
    ...(output === undefined ? {} : { output }),
  })
  if (result.state !== 'running') throw new Error('the journal is complete')
  return { journal: result.journal, path, failures }
}

export async function framesOf(path: string): Promise<Frame[]> {
  const file = await open(path)
  const frames: Frame[] = []
  for await (const { frame } of readFrames(file, path)) frames.push(frame)
  await file.close()
  return frames
}

export async function settledIn(path: string): Promise<number[][]> {
  return (await framesOf(path)).flatMap((frame) => (frame.frame === 'settled' ? [[...frame.ranges]] : []))
}

export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 5))
}

let clocks = 0
/** Another journal's frame comes later than one that was due already, or would have been. */
export async function untilAnotherFrameIsDue(): Promise<void> {
  const { journal, path } = await opened(`clock-${clocks++}`)
  journal.given(passed(0, 1))
  journal.askedForNext()
  await until(async () => (await settledIn(path)).length === 1)
  await journal.close()
}
