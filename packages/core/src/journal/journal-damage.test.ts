import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { encodeFrame } from './format.ts'
import { passed } from './testing/batches.ts'
import { JournalPlace, identityWith } from './testing/journal-place.ts'
import { HEADER, settled } from './testing/written.ts'

const place = new JournalPlace()
const { folder, outputAt, start, running, begun } = place

test('a torn end is cut off before anything is written', async () => {
  await begun('torn')
  const path = `${folder.path}/torn`
  appendFileSync(path, encodeFrame(settled([10, 20]), 2).subarray(0, 40))
  await (await running('torn')).journal.close()
  const again = await running('torn')
  expect(again.settled.size).toBe(10)
  await again.journal.close()
})

test.each([
  ['a file of somebody', 'id,name\n1,Ann\n', 'FANFOLD_JOURNAL_FOREIGN'],
  [
    'a damaged journal',
    `${encodeFrame(HEADER, 0).toString()}oops\n${encodeFrame(settled([0, 1]), 2).toString()}`,
    'FANFOLD_JOURNAL_DAMAGED',
  ],
])('%s is refused, and stays as it is', async (name, content, code) => {
  const path = folder.file(name, content)
  for (const resume of ['never', 'unfinished', 'auto'] as const) {
    await expect(start(name, { resume })).rejects.toMatchObject({ code })
  }
  expect(readFileSync(path, 'utf8')).toBe(content)
  expect(existsSync(`${path}.lock`)).toBe(false)
})

/** The first so many bytes of a header, which is longer. */
const torn = (bytes = 90): Buffer => encodeFrame(HEADER, 0).subarray(0, bytes)

test.each<[string, (journal: Buffer) => Buffer | string]>([
  ['whose lines end as on Windows', (journal) => journal.toString().replaceAll('\n', '\r\n')],
  ['that has lost all but the beginning of its header', (journal) => journal.subarray(0, 90)],
  [
    'whose only line has a wrong checksum',
    (journal) => {
      const [line = ''] = journal.toString().split('\n')
      return `${line.startsWith('0') ? '1' : '0'}${line.slice(1)}\n` // another digit than it has
    },
  ],
])('a journal %s does not cost its output the lines', async (what, harm) => {
  const output = outputAt(`${folder.path}/harmed.out`)
  const path = `${folder.path}/harmed`
  await begun('harmed', output)
  const lines = readFileSync(output.path)
  const harmed = Buffer.from(harm(readFileSync(path)))
  writeFileSync(path, harmed)
  for (const resume of ['never', 'unfinished', 'auto'] as const) {
    await expect(start('harmed', { output, resume }, identityWith(output))).rejects.toMatchObject({
      code: 'FANFOLD_JOURNAL_DAMAGED',
      message: expect.stringContaining('damaged in line 1: '),
    })
  }
  expect([readFileSync(output.path), readFileSync(path)]).toEqual([lines, harmed])
  rmSync(path)
  rmSync(output.path)
})

test.each<[string, Buffer, string | undefined]>([
  ['torn, with no output yet', torn(), undefined],
  ['torn, with an empty output', torn(), ''],
  ['torn, with zeros for its end', Buffer.concat([torn(), Buffer.alloc(200)]), undefined],
  ['zeros', Buffer.alloc(300), 'lines of an earlier run\n'],
])('a header that is %s, as a kill or a power cut leaves it, is begun anew', async (what, content, lines) => {
  const name = `honest ${what}`
  folder.file(name, content)
  const output = outputAt(`${folder.path}/${name}.out`)
  if (lines !== undefined) writeFileSync(output.path, lines)
  const { journal } = await running(name, { output }, identityWith(output))
  await journal.close()
  expect(readFileSync(output.path, 'utf8')).toBe('')
  await (await running(name, { output }, identityWith(output))).journal.close()
})

test('a torn header of a journal without an output is begun anew', async () => {
  folder.file('torn-header', torn())
  await (await running('torn-header')).journal.close()
  const { journal, isResumed } = await running('torn-header')
  expect(isResumed).toBe(true)
  await journal.close()
})

test('a frame that is lost from the middle is noticed, also behind what was cut off and written anew', async () => {
  const output = outputAt(`${folder.path}/gap.out`)
  const path = `${folder.path}/gap`
  await begun('gap', output)
  const kept = readFileSync(output.path)
  const further = async (from: number): Promise<void> => {
    const { journal } = await running('gap', { output }, identityWith(output))
    journal.given(passed(from, from + 5))
    output.write(`{"index":${from}}\n`)
    journal.askedForNext()
    await journal.close()
    await output.close()
  }
  await further(10)
  // The output has lost its end: the last frame goes, and others take its place.
  writeFileSync(output.path, kept)
  await further(20)
  await further(30)
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1)
  const numbers = lines.map((line) => (JSON.parse(line.slice(9)) as { n: number }).n)
  expect(numbers).toEqual([...lines.keys()])
  writeFileSync(
    path,
    lines
      .toSpliced(2, 1)
      .map((line) => `${line}\n`)
      .join(''),
  )
  await expect(start('gap', { output }, identityWith(output))).rejects.toThrow('damaged in line 3: ')
})
