/** Every example in the documents and docstrings compiles, runs, and prints what it says it prints. */
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { afterAll, describe, expect, test } from 'vitest'
import { blocksOf, docstringExamples, documents, valueOf } from './documents.ts'
import type { CodeBlock } from './documents.ts'
import { makeExamplesFolder, place } from './examples-folder.ts'
import type { PlacedBlock } from './examples-folder.ts'
import { run, start } from './processes.ts'

const folder = makeExamplesFolder()
const inDocuments = place(folder, documents().flatMap(blocksOf).filter(isCode))
const placed = [...inDocuments, ...place(folder, docstringExamples())]
const programs = placed.filter(({ language, words }) => language === 'ts' && !isMarked(words, 'no-run', 'server'))
const commands = placed.filter(({ words }) => isMarked(words, 'run'))
const servers = placed.filter(({ words }) => isMarked(words, 'server'))

afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('there are examples of every kind', () => {
  expect(docstringExamples().length).toBeGreaterThan(10)
  for (const kind of [programs, commands, servers]) expect(kind).not.toEqual([])
})

test('every example is well typed', async () => {
  const { stdout } = await run(folder, 'tsc', '-p', '.')
  expect(stdout).toBe('')
})

describe('programs run to their end', () => {
  test.concurrent.each(programs.map(named))('%s', async (_name, block) => {
    const { code, stdout, stderr } = await run(block.folder, 'node', block.file)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expectOutput(block, stdout)
  })
})

describe('commands end as they are said to', () => {
  // One after the other: they write files.
  test.each(commands.map(named))('%s', async (_name, block) => {
    const { code, stdout } = await run(block.folder, 'sh', '-c', block.text)
    expect(code).toBe(Number(valueOf(block, 'exit') ?? 0))
    expectOutput(block, stdout)
  })
})

describe('servers answer', () => {
  test.each(servers.map(named))('%s', async (_name, block) => {
    const port = await freePort()
    const server = start(block.folder, 'node', [block.file], { PORT: String(port) })
    try {
      const answer = await answerOf(`http://localhost:${port}`, '{"email":"a@b.c","postcode":"12345"}\n')
      expect(answer).toMatchObject({ result: 'succeeded', verdicts: { pass: 1, flag: 0, fail: 0 } })
    } finally {
      server.kill()
      await once(server, 'close')
    }
  })
})

function isCode({ language, words }: CodeBlock): boolean {
  return language === 'ts' || isMarked(words, 'run', 'output') || words.some((word) => word.startsWith('file='))
}

function isMarked(words: readonly string[], ...marks: readonly string[]): boolean {
  return words.some((word) => marks.includes(word))
}

function named(block: PlacedBlock): [name: string, block: PlacedBlock] {
  return [`${block.document}:${block.line}`, block]
}

/** What the document shows right after the block, if it shows anything. */
function expectOutput({ document, line }: PlacedBlock, stdout: string): void {
  const at = inDocuments.findIndex((block) => block.document === document && block.line === line)
  const next = at < 0 ? undefined : inDocuments[at + 1]
  if (next?.document === document && isMarked(next.words, 'output')) expect(stdout).toBe(next.text)
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo // it listens on a port, not on a path
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** Tries until the server is up. */
async function answerOf(url: string, body: string): Promise<unknown> {
  for (let tries = 1; ; tries++) {
    try {
      return await (await fetch(url, { method: 'POST', body })).json()
    } catch (error) {
      if (tries === 100) throw error
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
}
