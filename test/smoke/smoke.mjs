/**
 * The built packages, as a user's Node runs them: `node test/smoke/smoke.mjs`, without a test runner, since none runs
 * on every Node that the packages support. `npm run test:node-versions` starts it on the oldest and the newest.
 */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Engine, FanfoldError, ndjson, verify } from '@fanfold/core'

const verifier = new URL('./verify-order.ts', import.meta.url)
const config = { limit: 100 }
const orders = Array.from({ length: 1000 }, (_, n) => ({ id: `order-${n}`, total: n % 10 === 0 ? 101 : n % 10 }))
const folder = mkdtempSync(join(tmpdir(), 'fanfold-smoke-'))
const input = join(folder, 'orders.ndjson')
writeFileSync(input, orders.map((order) => `${JSON.stringify(order)}\n`).join(''))

const checks = {
  'an engine verifies a file and accounts for every record': async () => {
    const engine = new Engine({ threads: 2 })
    try {
      const loaded = engine.load(verifier, { config })
      await loaded.ready
      const run = loaded.run(ndjson(input), { order: 'input' })
      const outcomes = []
      for await (const outcome of run) outcomes.push(outcome)
      const report = await run.report()
      assert.equal(report.result, 'succeeded')
      assert.equal(report.total, orders.length)
      assert.deepEqual(report.verdicts, { pass: 900, flag: 100, fail: 0 })
      assert.deepEqual(report.reasons, { 'above-limit': 100 })
      assert.deepEqual(
        outcomes.map(({ index, line }) => [index, line]),
        orders.map((_, n) => [n, n + 1]),
      )
      const first = outcomes[0]
      assert(first?.status === 'completed')
      assert.deepEqual([first.verdict, first.reason, first.value], ['flag', 'above-limit', 101])
    } finally {
      await engine.close()
    }
  },

  'a loop without end costs its own record only': async () => {
    const engine = new Engine({ threads: 2 })
    try {
      const run = engine.run(verifier, [...orders, { id: 'spins', total: 1 }], { config, timeoutMs: 500 })
      const report = await run.report()
      assert.equal(report.result, 'partial')
      assert.equal(report.statuses.timedOut, 1)
      assert.equal(report.statuses.completed, orders.length)
    } finally {
      await engine.close()
    }
  },

  'a partial success rejects, with the cause': async () => {
    await assert.rejects(verify(verifier, [...orders, { id: 'throws', total: 1 }], { config }), (error) => {
      assert(error instanceof FanfoldError)
      assert.equal(error.code, 'FANFOLD_RUN_PARTIAL')
      return true
    })
  },

  'the command line writes outcomes and a summary': async () => {
    const [out, summary] = [join(folder, 'out.ndjson'), join(folder, 'summary.json')]
    const { status, stderr } = fanfold(
      'verify',
      input,
      '--with',
      fileURLToPath(verifier),
      '--set',
      'limit=100',
      '--out',
      out,
      '--summary',
      summary,
    )
    assert.equal(status, 0, stderr)
    assert.equal(readFileSync(out, 'utf8').trimEnd().split('\n').length, orders.length)
    assert.equal(JSON.parse(readFileSync(summary, 'utf8')).verdicts.flag, 100)
  },

  'a missing file is one line and exit 2': async () => {
    const { status, stderr } = fanfold('verify', join(folder, 'none.ndjson'), '--with', fileURLToPath(verifier))
    assert.equal(status, 2)
    assert.match(stderr, /none\.ndjson/)
    assert.equal(stderr.trimEnd().split('\n').length, 1, stderr)
  },
}

try {
  for (const [name, check] of Object.entries(checks)) {
    await check()
    console.log(`  ${name}`)
  }
  console.log(`Node ${process.versions.node}: ${Object.keys(checks).length} passed`)
} finally {
  rmSync(folder, { recursive: true })
}

/** @param {string[]} args */
function fanfold(...args) {
  const bin = fileURLToPath(new URL('../../packages/cli/dist/bin.js', import.meta.url))
  return spawnSync(process.execPath, [bin, ...args], { encoding: 'utf8' })
}
