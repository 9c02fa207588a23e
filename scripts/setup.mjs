/**
 * Brings a checkout to the point where anything in it can be run: installs what the lockfile names and
 * builds the packages. Does nothing that is already done, so every npm script starts with it.
 *
 * It runs under whatever Node the machine has (20 or newer): nothing is installed yet at its first call.
 */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const stamp = `${root}node_modules/.fanfold-installed`
const PNPM = 'pnpm@12.21.0'

const wanted = createHash('sha256')
for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json']) wanted.update(readFileSync(root + file))
const wantedHash = wanted.digest('hex')

if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wantedHash) {
  run('npx', ['--yes', PNPM, 'install', '--frozen-lockfile'])
  writeFileSync(stamp, wantedHash)
}
// `tsc -b` compares time stamps and builds nothing that is up to date.
run(`${root}node_modules/.bin/tsc`, ['-b', 'tsconfig.json'])

function run(command, args) {
  const { status, error, signal } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2] })
  if (status === 0) return
  const why = error?.message ?? (signal ? `it was ended by ${signal}` : `it exited with ${status}`)
  console.error(`setup: \`${[command, ...args].join(' ')}\` did not succeed: ${why}`)
  process.exit(status ?? 1)
}
