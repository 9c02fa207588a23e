/** The documents of the repository, and the code in them and in the public docstrings. */
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root: string = fileURLToPath(new URL('../..', import.meta.url))

/** A fenced block: ```` ```ts file=verify.ts ````. */
export interface CodeBlock {
  /** Relative to the root. */
  readonly document: string
  /** Of its first line of code, 1-based. */
  readonly line: number
  readonly language: string
  /**
   * The words after the language. `file=NAME`: it is that file. `run`: a command line that is run. `exit=N`: what it
   * exits with. `no-run`: is only type-checked. `server`: answers on `PORT`. `output`: what the block before prints.
   */
  readonly words: readonly string[]
  readonly text: string
}

/** Every Markdown document that describes Fanfold to its users and contributors. */
export function documents(): readonly string[] {
  const named = ['README.md', 'ARCHITECTURE.md', 'GLOSSARY.md', 'CONTRIBUTING.md', 'CHANGELOG.md']
  const inDocs = readdirSync(join(root, 'docs')).map((name) => `docs/${name}`)
  const ofPackages = readdirSync(join(root, 'packages')).map((name) => `packages/${name}/README.md`)
  return [...named, ...inDocs.filter((name) => name.endsWith('.md')).sort(), ...ofPackages]
}

export function readDocument(document: string): string {
  return readFileSync(join(root, document), 'utf8')
}

export function blocksOf(document: string): readonly CodeBlock[] {
  return fences(readDocument(document)).map((fence) => ({ document, ...fence }))
}

/** The `@example` blocks of the packages that are imported. */
export function docstringExamples(): readonly CodeBlock[] {
  return ['core', 'workers'].flatMap((name) => sourceFiles(name)).flatMap(examplesOf)
}

/** The TypeScript files of a package but for its tests, relative to the root. */
export function sourceFiles(packageName: string): readonly string[] {
  const folder = join(root, 'packages', packageName, 'src')
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !/\.test(-d)?\.ts$|(^|[\\/])testing[\\/]/.test(file))
    .map((file) => relative(root, join(folder, file)).replaceAll('\\', '/'))
    .sort()
}

function examplesOf(document: string): readonly CodeBlock[] {
  // The stars are taken off, and the lines stay where they are.
  const text = readDocument(document).replace(/^ *\* ?/gm, '')
  return fences(text).map((fence) => ({ document, ...fence }))
}

function fences(text: string): readonly Omit<CodeBlock, 'document'>[] {
  return [...text.matchAll(/^```(\w+)([^\n]*)\n(.*?)^```$/gms)].map(({ index, 1: language, 2: info, 3: code }) => ({
    line: text.slice(0, index).split('\n').length + 1,
    language: language ?? '',
    words: (info ?? '').split(' ').filter((word) => word !== ''),
    text: code ?? '',
  }))
}

/** The value of a word such as `file=verify.ts`. */
export function valueOf({ words }: CodeBlock, name: string): string | undefined {
  return words.find((word) => word.startsWith(`${name}=`))?.slice(name.length + 1)
}
