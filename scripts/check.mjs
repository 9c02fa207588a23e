/**
 * `npm run check`: everything that can be said about the code without running it. Every step runs, whatever the ones
 * before it said; a line each, and the output of those that failed.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PNPM } from './pnpm.mjs'

/** @typedef {{ ok: boolean, output: string }} Result */

const root = fileURLToPath(new URL('..', import.meta.url))
// The tools are found, and run by the Node that the lockfile names, when this is started without npm too.
/** @type {NodeJS.ProcessEnv} */
const env = { ...process.env, NO_COLOR: '1' }
env['PATH'] = [join(root, 'node_modules/.bin'), env['PATH']].join(delimiter)
delete env['FORCE_COLOR']

/** @type {Record<string, () => Result>} */
const steps = {
  // The other steps read the packages' types and files from dist.
  build: () => run('node', 'scripts/setup.mjs'),
  types: () => run('tsc', '-p', 'tsconfig.check.json'),
  'type tests': () => run('vitest', 'run', '--typecheck.only', '--passWithNoTests'),
  format: () => run('oxfmt', '--check'),
  lint: () => run('oxlint'),
  'unused code': () => run('knip', '--no-progress', '--no-config-hints'),
  packages: lintPackages,
}

let failed = 0
for (const [name, step] of Object.entries(steps)) {
  const start = performance.now()
  const { ok, output } = step()
  const seconds = ((performance.now() - start) / 1000).toFixed(1)
  console.log(`${ok ? 'ok  ' : 'FAIL'}  ${name.padEnd(12)} ${seconds.padStart(5)} s`)
  if (ok) continue
  failed += 1
  console.log(output.trimEnd().replace(/^/gm, '      '))
}
console.log(failed === 0 ? 'check: all is well' : `check: ${failed} of ${Object.keys(steps).length} steps failed`)
process.exitCode = failed === 0 ? 0 : 1

/** What would be published, as a user's Node and TypeScript would see it. */
function lintPackages() {
  const folder = mkdtempSync(join(tmpdir(), 'fanfold-packed-'))
  try {
    const results = [run('npx', '--yes', PNPM, '--filter', './packages/*', 'pack', '--pack-destination', folder)]
    for (const file of readdirSync(folder)) {
      results.push(run('publint', 'run', join(folder, file), '--strict'))
      results.push(run('attw', join(folder, file), '--profile', 'esm-only'))
    }
    if (results.length === 1) results.push({ ok: false, output: 'no package was packed' })
    const bad = results.filter(({ ok }) => !ok)
    return { ok: bad.length === 0, output: bad.map(({ output }) => output).join('\n') }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/**
 * @param {string} command
 * @param {string[]} args
 * @returns {Result}
 */
function run(command, ...args) {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd: root,
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 64 * 1024 * 1024,
  })
  return { ok: status === 0, output: error === undefined ? stdout + stderr : `${command}: ${error.message}` }
}
