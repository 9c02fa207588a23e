/** A folder outside of the repository in which the documents' code is what a user's would be. */
import { cpSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { root, valueOf } from './documents.ts'
import type { CodeBlock } from './documents.ts'

/** A block, and where its code is. */
export interface PlacedBlock extends CodeBlock {
  /** One for each document: its blocks may import each other. */
  readonly folder: string
  readonly file: string
}

const TSCONFIG = {
  extends: join(root, 'tsconfig.base.json'),
  compilerOptions: {
    noEmit: true,
    composite: false,
    declaration: false,
    declarationMap: false,
    isolatedDeclarations: false,
    moduleDetection: 'force',
  },
}

/** What examples find beside them: `./verifier.ts`, `customers.ndjson`, … */
const fixtures = fileURLToPath(new URL('.', new URL('./fixtures/verifier.ts', import.meta.url)))

/** Makes the folder, with everything that the blocks need beside them. */
export function makeExamplesFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'fanfold-docs-'))
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(TSCONFIG))
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  return folder
}

/** Writes the blocks into the folder of their document; those that name no file get one by their line. */
export function place(examples: string, blocks: readonly CodeBlock[]): readonly PlacedBlock[] {
  return blocks.map((block) => {
    const folder = join(examples, block.document.replaceAll('/', '.'))
    mkdirSync(folder, { recursive: true })
    cpSync(fixtures, folder, { recursive: true, force: false })
    const file = valueOf(block, 'file') ?? `line-${block.line}.${block.language}`
    writeFileSync(join(folder, file), block.text)
    return { ...block, folder, file }
  })
}
