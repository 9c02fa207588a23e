/** Code, documents and types agree about the error codes. */
import { ERROR_CODES } from '@fanfold/core'
import type { ErrorCode, FanfoldError } from '@fanfold/core'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { readDocument, sourceFiles } from './documents.ts'

const DECLARATION = 'packages/workers/src/fanfold-error.ts'

const sources = ['workers', 'core', 'cli'].flatMap(sourceFiles).filter((file) => file !== DECLARATION)
const sections = readDocument('docs/errors.md').split(/^### /m).slice(1)
const sectionOf = (code: string): string | undefined => sections.find((section) => section.startsWith(`${code}\n`))

test('the documented codes are those of the code, in its order', () => {
  expect(sections.map((section) => section.split('\n')[0])).toEqual(ERROR_CODES)
})

test('the type of a code is the union of the codes', () => {
  expectTypeOf<FanfoldError['code']>().toEqualTypeOf<(typeof ERROR_CODES)[number]>()
  expectTypeOf<ErrorCode>().toEqualTypeOf<(typeof ERROR_CODES)[number]>()
})

describe('each code', () => {
  test.each(ERROR_CODES)('%s says what happened, where it shows and what to do', (code) => {
    expect(sectionOf(code)).toMatch(/\n\n\*\*Shows:\*\* .+\n\n\*\*What to do:\*\* .+/)
  })

  test.each(ERROR_CODES)('%s is made somewhere', (code) => {
    const isUsed = sources.some((file) => codesIn(withoutComments(readDocument(file))).includes(code))
    expect(isUsed).toBe(true)
  })
})

test('no source file names a code that does not exist', () => {
  const unknown = sources.flatMap((file) =>
    codesIn(readDocument(file))
      .filter((code) => !ERROR_CODES.some((known) => known === code))
      .map((code) => `${file}: ${code}`),
  )
  expect(unknown).toEqual([])
})

test('no document names a code that does not exist', () => {
  const documents = ['README.md', 'docs/errors.md', 'docs/runs.md', 'docs/sources.md', 'docs/verifiers.md']
  const named = documents.flatMap((document) => codesIn(readDocument(document)))
  expect(named.filter((code) => !ERROR_CODES.some((known) => known === code))).toEqual([])
})

/** `FANFOLD_VERIFIER_*` stands for several, and is none. */
function codesIn(text: string): readonly string[] {
  return text.match(/\bFANFOLD_[A-Z]+(?:_[A-Z]+)*\b/g) ?? []
}

function withoutComments(text: string): string {
  return text.replace(/\/\*.*?\*\/|^\s*\/\/[^\n]*$/gms, '')
}
