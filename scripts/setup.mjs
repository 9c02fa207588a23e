/**
 * Brings a checkout to the point where anything in it can be run: installs what the lockfile names and builds the
 * packages (not with `--install`). Does nothing that is already done, so every npm script starts with it.
 *
 * It runs under whatever Node the machine has (20 or newer): nothing is installed yet at its first call.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PNPM } from './pnpm.mjs'

/** @typedef {{ dependencies?: Record<string, string>, devDependencies?: Record<string, string> }} Manifest */

const root = fileURLToPath(new URL('..', import.meta.url))
const modules = join(root, 'node_modules')
const tsc = join(modules, '.bin/tsc')

install()
if (!process.argv.includes('--install')) build()

function install() {
  const stamp = join(modules, '.fanfold-installed')
  // A package's own package.json need not be in it: a frozen lockfile is refused when they disagree.
  const wanted = createHash('sha256')
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml']) wanted.update(readFileSync(join(root, file)))
  const wantedHash = wanted.digest('hex')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wantedHash && missing() === undefined) return

  rmSync(stamp, { force: true })
  pnpmInstall()
  if (missing() !== undefined) {
    // pnpm takes its own notes on what it installed for true: what was deleted by hand comes back only from nothing.
    for (const folder of workspace()) rmSync(join(folder, 'node_modules'), { recursive: true, force: true })
    pnpmInstall()
  }
  const path = missing()
  if (path !== undefined) fail(`${path} is still missing after the install.`)
  writeFileSync(stamp, wantedHash)
}

function build() {
  // `tsc -b` builds nothing that is up to date by its notes. They outlive a `rm dist/*`, so they go when they are wrong.
  for (const folder of workspace()) if (unbuilt(folder)) rmSync(join(folder, 'dist/.tsbuildinfo'), { force: true })
  run(tsc, ['-b'])
  const bin = join(root, 'packages/cli/dist/bin.js')
  if (existsSync(bin)) chmodSync(bin, 0o755)
}

function pnpmInstall() {
  // CI: pnpm never asks, for example whether it may replace a node_modules of another layout.
  run('npx', ['--yes', PNPM, 'install', '--frozen-lockfile'], { ...process.env, CI: 'true' })
}

/** The first thing that an install should have brought and that is not there. */
function missing() {
  for (const bin of ['node', 'tsc', 'vitest'])
    if (!existsSync(join(modules, '.bin', bin))) return `node_modules/.bin/${bin}`
  for (const folder of workspace()) {
    const { dependencies, devDependencies } = manifest(folder)
    for (const name of Object.keys({ ...dependencies, ...devDependencies })) {
      const path = join(folder, 'node_modules', name, 'package.json')
      if (!existsSync(path)) return path
    }
  }
  return undefined
}

/** The folders of all packages of the workspace, as pnpm-workspace.yaml lists them. */
function workspace() {
  const nested = ['packages', 'examples'].flatMap((parent) => {
    const path = join(root, parent)
    return existsSync(path) ? readdirSync(path).map((name) => join(path, name)) : []
  })
  return [root, join(root, 'bench'), ...nested].filter((folder) => existsSync(join(folder, 'package.json')))
}

/**
 * Whether the folder is a package that is built, and one of its source files has no output.
 *
 * @param {string} folder
 */
function unbuilt(folder) {
  if (!existsSync(join(folder, 'dist/.tsbuildinfo')) || !existsSync(join(folder, 'src'))) return false
  return readdirSync(join(folder, 'src'), { recursive: true, encoding: 'utf8' }).some((file) => {
    if (!file.endsWith('.ts') || /\.d\.ts$|\.test(-d)?\.ts$|(^|[\\/])testing[\\/]/.test(file)) return false
    return !existsSync(join(folder, 'dist', file.replace(/\.ts$/, '.js')))
  })
}

/** @param {string} folder */
function manifest(folder) {
  /** @type {Manifest} */
  const parsed = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  return parsed
}

/**
 * @param {string} command
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 */
function run(command, args, env = process.env) {
  const { status, error, signal } = spawnSync(command, args, { cwd: root, env, stdio: ['ignore', 2, 2] })
  if (status === 0) return
  const why = error?.message ?? (signal ? `it was ended by ${signal}` : `it exited with ${status}`)
  fail(`\`${[command, ...args].join(' ')}\` did not succeed: ${why}`)
}

/** @param {string} message */
function fail(message) {
  console.error(`setup: ${message}`)
  process.exit(1)
}
