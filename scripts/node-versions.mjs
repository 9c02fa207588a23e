/**
 * `npm run test:node-versions`: the smoke part of the suite on the oldest and the newest Node that the packages
 * support, and a plain refusal on one that is too old. Each Node is an npm package of that version.
 */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const SUPPORTED = ['22.18.0', '24.21.0', '26.10.0']
const TOO_OLD = '20.20.2'

const root = fileURLToPath(new URL('..', import.meta.url))
let passed = 0
let failed = 0

for (const version of SUPPORTED) {
  count(`Node ${version} runs the smoke tests`, onNode(version, 'test/smoke/smoke.mjs').status === 0)
}
const refused = onNode(TOO_OLD, 'packages/cli/dist/bin.js', 'verify')
const plainly = refused.status === 2 && /22\.18/.test(refused.output) && !/\n\s+at /.test(refused.output)
count(`Node ${TOO_OLD} is refused in a sentence that names 22.18`, plainly)

console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1

/**
 * @param {string} version
 * @param {string[]} args
 */
function onNode(version, ...args) {
  const { status, stdout, stderr, error } = spawnSync('npx', ['--yes', `node@${version}`, ...args], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    // A process that does not end by itself has left a thread or a handle behind.
    timeout: 180_000,
  })
  const output = error === undefined ? stdout + stderr : error.message
  console.log(output.trimEnd())
  return { status, output }
}

/**
 * @param {string} what
 * @param {boolean} ok
 */
function count(what, ok) {
  console.log(`${ok ? 'ok  ' : 'FAIL'}  ${what}\n`)
  if (ok) passed += 1
  else failed += 1
}
