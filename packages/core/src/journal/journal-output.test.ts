import { appendFileSync, copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { passed } from './testing/batches.ts'
import { JournalPlace, identityWith } from './testing/journal-place.ts'
import { LineOutput } from './testing/line-output.ts'

const place = new JournalPlace()
const { folder, outputAt, start, running, begun } = place

test('an output is cut back to the last line that the journal names', async () => {
  const output = outputAt(folder.file('cut.out', 'of an earlier run\n'))
  await begun('cut', output)
  const whole = readFileSync(output.path, 'utf8')
  appendFileSync(output.path, '{"index":10}\n{"ind')
  const { journal } = await running('cut', { output }, identityWith(output))
  expect(readFileSync(output.path, 'utf8')).toBe(whole)
  await journal.close()
})

test('frames whose lines are not there are cut off, and run again', async () => {
  const output = outputAt(`${folder.path}/lost.out`)
  await begun('lost', output)
  const first = readFileSync(output.path)
  // Several frames: what is left of them must not come behind new ones.
  for (let index = 10; index < 20; index++) {
    const { journal } = await running('lost', { output }, identityWith(output))
    journal.given(passed(index, index + 1))
    output.write(`{"index":${index}}\n`)
    journal.askedForNext()
    await journal.end({ report: {}, sourceExhausted: true, total: index < 19 ? 99 : 20 })
    await journal.close()
  }
  writeFileSync(output.path, Buffer.concat([first, Buffer.from('{"index":99}\n')]))
  // As the run is complete, nobody looks.
  expect(await start('lost', { output }, identityWith(output))).toMatchObject({ state: 'complete' })
  for (let i = 0; i < 2; i++) {
    const again = await running('lost', { output, redrive: true }, identityWith(output))
    expect(again.settled.toArray()).toEqual([0, 3, 4, 7, 8, 10])
    await again.journal.close()
  }
})

test('an output of which nothing is there is refused, and nothing is changed', async () => {
  const output = outputAt(`${folder.path}/gone.out`)
  await begun('gone', output)
  const before = readFileSync(`${folder.path}/gone`)
  writeFileSync(output.path, 'something else altogether, and not shorter than it was\n'.repeat(50))
  const error = await start('gone', { output }, identityWith(output)).catch((error: unknown) => error)
  expect(error).toMatchObject({
    code: 'FANFOLD_JOURNAL_DIFFERENT',
    message: expect.stringMatching(/the output '.*gone.out' is not the one/),
  })
  expect(readFileSync(`${folder.path}/gone`)).toEqual(before)
  expect(readFileSync(output.path, 'utf8')).toContain('something else')
})

test('a stretch without a line says nothing of the lines before it', async () => {
  const output = outputAt(`${folder.path}/empty-stretch.out`)
  await begun('empty-stretch', output)
  const { journal } = await running('empty-stretch', { output }, identityWith(output))
  journal.given(passed(10, 20))
  journal.askedForNext()
  await journal.close()
  const damagedLine = readFileSync(output.path, 'utf8').replace('{"index":9}', '{"index":8}')
  writeFileSync(output.path, damagedLine)
  await expect(start('empty-stretch', { output }, identityWith(output))).rejects.toThrow('is not the one')
})

/** A redrive as it is when it was killed between its frame and its rename. */
async function interruptedRedrive(name: string): Promise<LineOutput> {
  const output = outputAt(`${folder.path}/${name}.out`)
  await begun(name, output)
  const old = `${output.path}.old`
  copyFileSync(output.path, old)
  const { journal } = await running(name, { output, redrive: true }, identityWith(output))
  await journal.close()
  await output.close()
  copyFileSync(output.path, `${output.path}.redrive`)
  copyFileSync(old, output.path)
  return output
}

test('a redrive that was killed before its rename is made up for', async () => {
  const output = await interruptedRedrive('before-rename')
  const { journal, settled } = await running('before-rename', { output }, identityWith(output))
  expect(settled.size).toBe(8)
  expect(readFileSync(output.path, 'utf8')).toBe(
    [0, 1, 2, 4, 5, 6, 8, 9].map((index) => `${JSON.stringify({ index })}\n`).join(''),
  )
  expect(existsSync(`${output.path}.redrive`)).toBe(false)
  await journal.close()
})

test('a redrive is in the journal before its output takes the place of the old one', async () => {
  const path = `${folder.path}/before`
  const seen: boolean[] = []
  class Watched extends LineOutput {
    override adopt(...args: Parameters<LineOutput['adopt']>): ReturnType<LineOutput['adopt']> {
      seen.push(readFileSync(path, 'utf8').includes('"frame":"redriven"'))
      return super.adopt(...args)
    }
  }
  const output = place.output(new Watched(`${path}.out`))
  await begun('before', output)
  await (await running('before', { output, redrive: true }, identityWith(output))).journal.close()
  expect(seen).toEqual([true])
})

test('a redrive whose new output is gone is taken back', async () => {
  const output = await interruptedRedrive('taken-back')
  writeFileSync(`${output.path}.redrive`, 'half of')
  const { journal, settled, totals } = await running('taken-back', { output }, identityWith(output))
  expect(settled.size).toBe(10)
  expect(totals.statuses).toEqual([8, 0, 2, 0, 0, 0])
  expect(readFileSync(output.path, 'utf8').split('\n')).toHaveLength(11)
  await journal.close()
})
