/** Who imports the packages has their declarations checked by default, with whatever libraries the program has. */
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { blocksOf, root } from '../docs/documents.ts'
import { run } from '../docs/processes.ts'

const PROGRAM = `
import { Engine, ndjson } from '@fanfold/core'
import { chain, check, defineVerifier, pass } from '@fanfold/workers'
export const used = [Engine, ndjson, chain, check, defineVerifier, pass]
`
const STRICT = { strict: true, module: 'nodenext', skipLibCheck: false, types: ['node'], noEmit: true }

test.for([
  { what: 'no DOM', settings: { ...STRICT, lib: ['es2024', 'esnext.disposable'] } },
  { what: 'the default libraries, DOM and all', settings: STRICT },
  { what: 'the settings that docs/verifiers.md gives', settings: documentedSettings() },
])('a program with $what, and without skipLibCheck, type-checks', async ({ settings }) => {
  const folder = await mkdtemp(join(tmpdir(), 'fanfold-declarations-'))
  try {
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: settings, files: ['program.ts'] }))
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
    await writeFile(join(folder, 'program.ts'), PROGRAM)
    await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
    expect(await run(folder, 'tsc', '-p', '.')).toEqual({ code: 0, stdout: '', stderr: '' })
  } finally {
    await rm(folder, { recursive: true })
  }
})

function documentedSettings(): object {
  const block = blocksOf('docs/verifiers.md').find(({ text }) => text.includes('"compilerOptions"'))
  return (JSON.parse(block?.text ?? '') as { compilerOptions: object }).compilerOptions
}
