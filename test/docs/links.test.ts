/** Links between the documents lead somewhere. */
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { documents, readDocument, root, sourceFiles } from './documents.ts'

test.each(documents())('the links of %s lead to files and headings that exist', (document) => {
  const broken = linksIn(readDocument(document)).filter((link) => !leadsSomewhere(document, link))
  expect(broken).toEqual([])
})

test('the files that ARCHITECTURE.md names exist', () => {
  const files = ['workers', 'core', 'cli'].flatMap(sourceFiles)
  const named = readDocument('ARCHITECTURE.md').match(/[\w.-]+(?:\/[\w-]+)*\.ts\b/g) ?? []
  const missing = named.filter(
    (name) => !files.some((file) => file.endsWith(`/${name}`)) && !existsSync(join(root, name)),
  )
  expect(missing).toEqual([])
  expect(named.length).toBeGreaterThan(20)
})

/** Targets of links within the repository; code is left out. */
function linksIn(text: string): readonly string[] {
  const prose = text.replace(/^```.*?^```$/gms, '')
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target]) => target ?? '')
    .filter((link) => !/^https?:/.test(link))
}

function leadsSomewhere(document: string, link: string): boolean {
  const [path = '', anchor] = link.split('#')
  const target = path === '' ? document : join(dirname(document), path)
  if (!existsSync(join(root, target))) return false
  return anchor === undefined || headingsOf(target).includes(anchor)
}

/** As GitHub makes them. */
function headingsOf(document: string): readonly string[] {
  return [...readDocument(document).matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    (heading ?? '')
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  )
}
