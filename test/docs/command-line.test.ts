/** What the documents say about the command line is what the command line says. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { blocksOf, documents, readDocument, root } from './documents.ts'
import { helpOptions, optionsTable } from './help.ts'

const options = await helpOptions()
const flags = options.flatMap((option) => option.flags.match(/-{1,2}[a-z-]+/g) ?? [])
const GENERATED = /(?<=<!-- options -->\n).*?(?=<!-- end of options -->)/s

test('the help is read whole', () => {
  expect(flags).toEqual(expect.arrayContaining(['--with', '--out', '--no-timings', '--verbose', '--help']))
})

describe('the table of options is current', () => {
  // UPDATE_DOCS=1 writes it.
  test.each(['README.md', 'docs/command-line.md'])('in %s', (document) => {
    const text = readDocument(document)
    const current = text.replace(GENERATED, () => `${optionsTable(options)}\n`)
    if (process.env['UPDATE_DOCS'] !== undefined) writeFileSync(join(root, document), current)
    else expect(text).toBe(current)
    expect(text).toMatch(GENERATED)
  })
})

test('every option in a command line of the documents exists', () => {
  const unknown = documents().flatMap((document) =>
    blocksOf(document)
      .filter(({ language }) => language === 'sh')
      .flatMap(({ text, line }) =>
        commandsIn(text)
          .flatMap((command) => command.match(/(?<=\s)--?[a-z][a-z-]*/g) ?? [])
          .filter((flag) => !flags.includes(flag))
          .map((flag) => `${document}:${line} ${flag}`),
      ),
  )
  expect(unknown).toEqual([])
})

/** The `fanfold` command lines of a shell block, up to a pipe. */
function commandsIn(shell: string): readonly string[] {
  return shell.replaceAll('\\\n', ' ').match(/\bfanfold verify [^\n|#]*/g) ?? []
}
