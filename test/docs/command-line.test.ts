/** What the documents say about the command line is what the command line says. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { blocksOf, documents, readDocument, root } from './documents.ts'
import { helpOptions, optionsTable } from './help.ts'
import type { HelpOption } from './help.ts'

const COMMANDS = ['verify', 'estimate', 'plan', 'drill'] as const
type Command = (typeof COMMANDS)[number]
const options = {
  verify: await helpOptions('verify'),
  estimate: await helpOptions('estimate'),
  plan: await helpOptions('plan'),
  drill: await helpOptions('drill'),
}
const flags = {
  verify: flagsOf(options.verify),
  estimate: flagsOf(options.estimate),
  plan: flagsOf(options.plan),
  drill: flagsOf(options.drill),
}
const GENERATED = /(?<=<!-- options -->\n).*?(?=<!-- end of options -->)/s

test('the help is read whole', () => {
  expect(flags.estimate).toEqual(expect.arrayContaining(['--with', '--budget', '--verbose', '--help']))
  expect(flags.plan).toEqual(expect.arrayContaining(['--with', '--budget', '--sample', '--json', '--help']))
  expect(flags.drill).toEqual(expect.arrayContaining(['--with', '--faults', '--at', '--sample', '--help']))
  expect(flags.verify).toEqual(expect.arrayContaining(['--with', '--out', '--no-timings', '--verbose', '--help']))
})

describe('the table of options is current', () => {
  // UPDATE_DOCS=1 writes it.
  test.each([
    ['README.md', 'verify'],
    ['docs/command-line.md', 'verify'],
    ['docs/estimate.md', 'estimate'],
    ['docs/plan.md', 'plan'],
    ['docs/drill.md', 'drill'],
  ] as const)('in %s', (document, command) => {
    const text = readDocument(document)
    const current = text.replace(GENERATED, () => `${optionsTable(options[command])}\n`)
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
        commandsIn(text).flatMap(({ name, words }) =>
          (words.match(/(?<=\s)--?[a-z][a-z-]*/g) ?? [])
            .filter((flag) => !flags[name].includes(flag))
            .map((flag) => `${document}:${line} ${flag}`),
        ),
      ),
  )
  expect(unknown).toEqual([])
})

/** The `fanfold` command lines of a shell block, up to a pipe. */
function commandsIn(shell: string): readonly { readonly name: Command; readonly words: string }[] {
  return [...shell.replaceAll('\\\n', ' ').matchAll(/\bfanfold (verify|estimate|plan|drill) ([^\n|#]*)/g)].map(
    // The pattern has these only, and a space before the words.
    ([, name, words = '']) => ({ name: name as Command, words: ` ${words}` }),
  )
}

function flagsOf(given: readonly HelpOption[]): readonly string[] {
  return given.flatMap((option) => option.flags.match(/-{1,2}[a-z-]+/g) ?? [])
}
