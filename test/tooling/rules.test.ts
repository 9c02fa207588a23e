/** A rule that nobody has seen fail may not be there at all: here each one meets a file that breaks it. */
import { execFile } from 'node:child_process'
import { copyFile, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, test } from 'vitest'
import { CORE } from '../../oxlint.config.ts'

type Files = Readonly<Record<string, string>>
interface Finding {
  readonly filename: string
  /** The rule; the linter's own findings have none. */
  readonly code?: string
  readonly message: string
}

const root = fileURLToPath(new URL('../..', import.meta.url))
const IMPORTS = 'eslint(no-restricted-imports)'
const CYCLE = 'import(no-cycle)'

/** What every tree holds; each module imports all that it may. */
const CLEAN: Files = {
  'package.json': '{ "type": "module" }',
  'tsconfig.json': '{ "extends": "./tsconfig.base.json", "compilerOptions": { "composite": false, "noEmit": true } }',
  'packages/workers/src/index.ts': `import { protocol } from './protocol.ts'\nexport const pass = protocol\n`,
  'packages/workers/src/protocol.ts': 'export const protocol = 1\n',
  'packages/workers/src/thread/entry.ts': `import { protocol } from '../protocol.ts'\nexport default protocol\n`,
  'packages/core/src/index.ts': `export { engine } from './engine.ts'\n`,
  'packages/core/src/engine.ts': `import { run } from './run.ts'\nimport { pool } from './threads/pool.ts'\nexport const engine = [run, pool]\n`,
  'packages/core/src/run.ts': `import { backend } from './backend.ts'\nimport { step } from './coordinator/step.ts'\nexport const run = [backend, step]\n`,
  'packages/core/src/backend.ts': `import { retry } from './policy/retry.ts'\nexport const backend = retry\n`,
  'packages/core/src/errors.ts': `export const error = 1\n`,
  'packages/core/src/coordinator/step.ts': `import { protocol } from '@fanfold/workers/protocol'\nimport { error } from '../errors.ts'\nimport { retry } from '../policy/retry.ts'\nimport { state } from './state.ts'\nexport const step = [protocol, error, retry, state]\n`,
  'packages/core/src/coordinator/state.ts': `export const state = 1\n`,
  'packages/core/src/coordinator/step.test.ts': `import { performance } from 'node:perf_hooks'\nimport { step } from './step.ts'\nexport const time = [performance.now(), step]\n`,
  'packages/core/src/policy/retry.ts': `export const retry = 1\n`,
  'packages/core/src/sources/ndjson.ts': `import { open } from 'node:fs/promises'\nimport { error } from '../errors.ts'\nexport const ndjson = [open, error]\n`,
  'packages/core/src/threads/pool.ts': `import { Piscina } from 'piscina'\nimport { backend } from '../backend.ts'\nexport const pool = [Piscina, backend]\n`,
  'packages/cli/src/bin.ts': `import { engine } from '@fanfold/core'\nimport { pass } from '@fanfold/workers'\nexport const bin = [engine, pass]\n`,
  'bench/src/main.ts': `import { engine } from '@fanfold/core'\nimport { Piscina } from 'piscina'\nexport const main = [engine, Piscina]\n`,
  'examples/one/src/main.ts': `import { engine } from '@fanfold/core'\nexport const main = engine\n`,
  'test/one.test.ts': `import { engine } from '@fanfold/core'\nexport const main = engine\n`,
}

/** One file more than {@link CLEAN}, or instead of one of it, and the rule that has to object to it. */
const VIOLATIONS: readonly (readonly [what: string, rule: string, path: string, text: string])[] = [
  ['workers imports core', IMPORTS, 'packages/workers/src/up.ts', `export { engine } from '@fanfold/core'`],
  ['workers imports the command line', IMPORTS, 'packages/workers/src/up.ts', `export { bin } from 'fanfold'`],
  ['workers imports piscina', IMPORTS, 'packages/workers/src/thread/up.ts', `export { Piscina } from 'piscina'`],
  ['core imports the command line', IMPORTS, 'packages/core/src/up.ts', `export { bin } from 'fanfold'`],
  ['core imports it as a type only', IMPORTS, 'packages/core/src/up.ts', `export type { Bin } from 'fanfold'`],
  ['core imports it dynamically', IMPORTS, 'packages/core/src/up.ts', `export const bin = () => import('fanfold')`],
  ['core imports it from a layer', IMPORTS, 'packages/core/src/sources/up.ts', `export { bin } from 'fanfold'`],
  ['the command line imports piscina', IMPORTS, 'packages/cli/src/up.ts', `export { Piscina } from 'piscina'`],
  ['piscina outside of threads', IMPORTS, 'packages/core/src/pool.ts', `export { Piscina } from 'piscina'`],
  ['piscina in the engine', IMPORTS, 'packages/core/src/engine.ts', `export { Piscina } from 'piscina'`],
  ['piscina in a layer', IMPORTS, 'packages/core/src/merge/up.ts', `export { Piscina } from 'piscina'`],
  ['piscina in an example', IMPORTS, 'examples/one/src/up.ts', `export { Piscina } from 'piscina'`],
  ['a file inside a package', IMPORTS, 'packages/cli/src/deep.ts', `export { run } from '@fanfold/core/src/run.ts'`],
  [
    'a built file inside a package',
    IMPORTS,
    'packages/cli/src/deep.ts',
    `export { run } from '@fanfold/core/dist/run.js'`,
  ],
  [
    'a package by its path',
    IMPORTS,
    'packages/core/src/a/deep.ts',
    `export { pass } from '../../../workers/src/index.ts'`,
  ],
  ['a test imports sources', IMPORTS, 'test/up.test.ts', `export { run } from '../packages/core/src/run.ts'`],
  ['a benchmark imports sources', IMPORTS, 'bench/src/up.ts', `export { run } from '../../packages/core/dist/run.js'`],
  ['an example imports sources', IMPORTS, 'examples/one/up.ts', `export { run } from '../../packages/core/src/run.ts'`],
  [
    'an example speaks the protocol',
    IMPORTS,
    'examples/one/up.ts',
    `export { protocol } from '@fanfold/workers/protocol'`,
  ],

  ['run imports the engine', IMPORTS, 'packages/core/src/run.ts', `export type { engine } from './engine.ts'`],
  ['run imports threads', IMPORTS, 'packages/core/src/run.ts', `export { pool } from './threads/pool.ts'`],
  ['threads imports the engine', IMPORTS, 'packages/core/src/threads/up.ts', `export { engine } from '../engine.ts'`],
  ['threads imports run', IMPORTS, 'packages/core/src/threads/up.ts', `export { run } from '../run.ts'`],
  [
    'threads imports up from a folder',
    IMPORTS,
    'packages/core/src/threads/a/up.ts',
    `export { run } from '../../run.ts'`,
  ],
  ['backend imports threads', IMPORTS, 'packages/core/src/backend.ts', `export { pool } from './threads/pool.ts'`],
  ['merge imports run', IMPORTS, 'packages/core/src/merge/up.ts', `export { run } from '../run.ts'`],
  ['report imports the index', IMPORTS, 'packages/core/src/report/up.ts', `export { engine } from '../index.ts'`],
  [
    'sources imports the backend',
    IMPORTS,
    'packages/core/src/sources/up.ts',
    `export { backend } from '../backend.ts'`,
  ],
  [
    'journal imports the coordinator',
    IMPORTS,
    'packages/core/src/journal/up.ts',
    `export { step } from '../coordinator/step.ts'`,
  ],
  [
    'errors imports a report',
    IMPORTS,
    'packages/core/src/errors.ts',
    `export type { Report } from './report/report.ts'`,
  ],
  [
    'policy imports a source',
    IMPORTS,
    'packages/core/src/policy/up.ts',
    `export { ndjson } from '../sources/ndjson.ts'`,
  ],
  ['policy imports fs', IMPORTS, 'packages/core/src/policy/up.ts', `export { readFileSync } from 'node:fs'`],

  [
    'the coordinator imports threads',
    IMPORTS,
    'packages/core/src/coordinator/up.ts',
    `export { pool } from '../threads/pool.ts'`,
  ],
  [
    'the coordinator imports a source',
    IMPORTS,
    'packages/core/src/coordinator/up.ts',
    `export { ndjson } from '../sources/ndjson.ts'`,
  ],
  [
    'its test imports threads',
    IMPORTS,
    'packages/core/src/coordinator/up.test.ts',
    `export { pool } from '../threads/pool.ts'`,
  ],
  [
    'the coordinator imports timers',
    IMPORTS,
    'packages/core/src/coordinator/up.ts',
    `export { setTimeout } from 'node:timers'`,
  ],
  [
    'the coordinator imports worker_threads',
    IMPORTS,
    'packages/core/src/coordinator/a/up.ts',
    `export { Worker } from 'node:worker_threads'`,
  ],
  [
    'the coordinator imports fs',
    IMPORTS,
    'packages/core/src/coordinator/up.ts',
    `export { readFileSync } from 'node:fs'`,
  ],
  [
    'the coordinator reads the clock',
    'eslint(no-restricted-globals)',
    'packages/core/src/coordinator/up.ts',
    `export const now = () => Date.now()`,
  ],
  [
    'the coordinator starts a timer',
    'eslint(no-restricted-globals)',
    'packages/core/src/coordinator/up.ts',
    `setTimeout(() => {}, 1)`,
  ],
  [
    'the coordinator rolls dice',
    'eslint(no-restricted-properties)',
    'packages/core/src/coordinator/up.ts',
    `export const n = () => Math.random()`,
  ],

  [
    'a cycle',
    CYCLE,
    'packages/workers/src/protocol.ts',
    `import { pass } from './index.ts'\nexport const protocol = () => pass`,
  ],
  [
    'a cycle of types',
    CYCLE,
    'packages/workers/src/protocol.ts',
    `import type { pass } from './index.ts'\nexport const protocol: typeof pass | 1 = 1`,
  ],
  [
    'a cycle through a re-export',
    CYCLE,
    'packages/workers/src/protocol.ts',
    `export * from './index.ts'\nexport const protocol = 1`,
  ],
  [
    'an import hidden in a type',
    'typescript(consistent-type-imports)',
    'packages/core/src/policy/up.ts',
    `export type Run = import('../run.ts').Run`,
  ],
  ['a default export', 'import(no-default-export)', 'packages/core/src/up.ts', `export default 1`],
  [
    'a builtin without node:',
    'unicorn(prefer-node-protocol)',
    'packages/core/src/coordinator/up.ts',
    `export { Worker } from 'worker_threads'`,
  ],

  [
    'a floating promise',
    'typescript(no-floating-promises)',
    'packages/core/src/up.ts',
    `export function f(): void {\n  Promise.resolve(1)\n}`,
  ],
  [
    'a promise as a condition',
    'typescript(no-misused-promises)',
    'packages/core/src/up.ts',
    `export const f = (p: Promise<boolean>) => (p ? 1 : 2)`,
  ],
  [
    'a promise where nobody waits',
    'typescript(no-misused-promises)',
    'packages/core/src/up.ts',
    `[1].forEach(async () => {})`,
  ],
  [
    'a switch that forgets a case',
    'typescript(switch-exhaustiveness-check)',
    'packages/core/src/up.ts',
    `export function f(s: 'a' | 'b'): void {\n  switch (s) {\n    case 'a':\n      f('b')\n  }\n}`,
  ],
  ['an any', 'typescript(no-explicit-any)', 'packages/core/src/up.ts', `export const f = (x: any): unknown => x`],
  [
    'a thrown string',
    'typescript(only-throw-error)',
    'packages/core/src/up.ts',
    `export function f(): never {\n  throw 'no'\n}`,
  ],
  ['a silenced compiler', 'typescript(ban-ts-comment)', 'packages/core/src/up.ts', `// @ts-ignore\nexport const f = 1`],
  ['a message on stdout', 'eslint(no-console)', 'packages/core/src/up.ts', `console.log(1)`],
  [
    'a test that runs alone',
    'vitest(no-focused-tests)',
    'packages/core/src/up.test.ts',
    `import { test } from 'vitest'\ntest.only('it', () => {})`,
  ],
  [
    'a test that never runs',
    'vitest(no-disabled-tests)',
    'test/up.test.ts',
    `import { test } from 'vitest'\ntest.skip('it', () => {})`,
  ],
  ['a file name in camel case', 'unicorn(filename-case)', 'packages/core/src/upAndAway.ts', `export const f = 1`],
  [
    'a useless exemption',
    'Unused oxlint-disable directive (no problems were reported).',
    'packages/core/src/up.ts',
    `// oxlint-disable-next-line no-console\nexport const f = 1`,
  ],
]

describe('the linter', () => {
  const added = VIOLATIONS.flatMap(([what, rule, path, text], n) =>
    path in CLEAN ? [] : [{ what, rule, path: path.replace('.', `-${n}.`), text }],
  )
  const replaced = VIOLATIONS.flatMap(([what, rule, path, text]) => (path in CLEAN ? [{ what, rule, path, text }] : []))

  test('has nothing to say about a tree that keeps the rules', async () => {
    await using folder = await plant(CLEAN)
    expect(await lint(folder.path)).toEqual({ exitCode: 0, findings: [] })
  })

  test('knows the place of every folder of core', async () => {
    const entries = await readdir(join(root, 'packages/core/src'), { withFileTypes: true })
    const folders = entries.filter((entry) => entry.isDirectory() && entry.name !== 'testing').map(({ name }) => name)
    expect(Object.keys(CORE)).toEqual(expect.arrayContaining(folders))
  })

  describe('objects to a file in which', () => {
    let findings: readonly Finding[] = []
    beforeAll(async () => {
      await using folder = await plant({
        ...CLEAN,
        ...Object.fromEntries(added.map(({ path, text }) => [path, `${text}\n`])),
      })
      const linted = await lint(folder.path)
      expect(linted.exitCode).toBe(1)
      findings = linted.findings
    })
    test.for(added)('$what', ({ rule, path }) => {
      expect(rulesBrokenBy(path, findings)).toContain(rule)
    })
    test('and to no file that keeps them', () => {
      expect(findings.filter(({ filename }) => filename in CLEAN)).toEqual([])
    })
  })

  test.for(replaced)('objects to $path when $what', async ({ rule, path, text }) => {
    await using folder = await plant({ ...CLEAN, [path]: `${text}\n` })
    const { exitCode, findings } = await lint(folder.path)
    expect(rulesBrokenBy(path, findings)).toContain(rule)
    expect(exitCode).toBe(1)
  })
})

describe('the other checks', () => {
  test('the formatter objects to a semicolon', async () => {
    await using folder = await plant({ 'good.ts': `export const one = 'one'\n` })
    expect(await execute('oxfmt', ['--check', '.'], folder.path)).toMatchObject({ exitCode: 0 })
    await write(folder.path, { 'bad.ts': `export const one = 'one';\n` })
    expect(await execute('oxfmt', ['--check', '.'], folder.path)).toMatchObject({
      exitCode: 1,
      output: expect.stringContaining('bad.ts'),
    })
  })

  test('knip objects to an export, a file and a dependency that nobody uses', async () => {
    const workers = { name: 'workers', type: 'module', exports: './src/index.ts' }
    await using folder = await plant({
      'package.json': JSON.stringify({ name: 'tree', workspaces: ['packages/*'], devDependencies: { oxlint: '1' } }),
      'packages/workers/package.json': JSON.stringify(workers),
      'packages/workers/src/index.ts': `export { one } from './one.ts'\n`,
      'packages/workers/src/one.ts': `export const one = 1\n`,
      'packages/workers/src/thread/entry.ts': `export default 1\n`,
    })
    const knip = () => execute('knip', ['--no-progress', '--no-config-hints'], folder.path)
    expect(await knip()).toEqual({ exitCode: 0, output: '' })
    await write(folder.path, {
      'packages/workers/package.json': JSON.stringify({ ...workers, dependencies: { piscina: '5' } }),
      'packages/workers/src/one.ts': `export const one = 1\nexport const two = 2\n`,
      'packages/workers/src/orphan.ts': `export const orphan = 1\n`,
    })
    const { exitCode, output } = await knip()
    expect(exitCode).toBe(1)
    expect(output).toMatch(/Unused exports[^]*two/)
    expect(output).toMatch(/Unused files[^]*orphan\.ts/)
    expect(output).toMatch(/Unused dependencies[^]*piscina/)
  })
})

/** A new folder outside of the repository, with the repository's rules and the given files. */
async function plant(files: Files): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'fanfold-rules-'))
  for (const file of ['.gitignore', '.oxfmtrc.json', 'knip.json', 'oxlint.config.ts', 'tsconfig.base.json']) {
    await copyFile(join(root, file), join(path, file))
  }
  await symlink(join(root, 'node_modules'), join(path, 'node_modules'))
  await write(path, files)
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) }
}

async function write(folder: string, files: Files): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), text)
  }
}

async function lint(folder: string): Promise<{ exitCode: number; findings: readonly Finding[] }> {
  const { exitCode, output } = await execute('oxlint', ['--format', 'json'], folder)
  const parsed = JSON.parse(output) as { diagnostics: readonly Finding[] }
  return { exitCode, findings: parsed.diagnostics }
}

function rulesBrokenBy(path: string, findings: readonly Finding[]): readonly string[] {
  return findings.filter(({ filename }) => filename === path).map(({ code, message }) => code ?? message)
}

function execute(tool: string, args: readonly string[], cwd: string): Promise<{ exitCode: number; output: string }> {
  return new Promise((resolve, reject) => {
    execFile(join(root, 'node_modules/.bin', tool), args, { cwd }, (error, stdout, stderr) => {
      const exitCode = error === null ? 0 : error.code
      if (typeof exitCode === 'number') resolve({ exitCode, output: stdout === '' ? stderr : stdout })
      else reject(error ?? new Error('no exit code'))
    })
  })
}
