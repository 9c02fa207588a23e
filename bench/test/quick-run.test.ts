import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { benchFile } from '../src/bench-folder.ts'
import { writeCustomers } from '../src/cases/ndjson-json-schema/customers.ts'
import type { Samples } from '../src/samples.ts'

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url))

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'fanfold-bench-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('a case by itself is measured in fresh processes, kept, and reported again without measuring', async () => {
  const size = ['--records', '2000', '--threads', '2', '--rounds', '1', '--quick']
  const { code, stdout, stderr } = await bench('speed-up-cpu', ...size)
  expect(stderr).toContain('round 1 of 1, one loop')
  expect(code, stderr).toBe(0)
  expect(stdout).toContain('speed, × one loop')
  const [kept = ''] = readdirSync(join(folder, 'samples/speed-up-cpu'))
  const samples = JSON.parse(readFileSync(join(folder, 'samples/speed-up-cpu', kept), 'utf8')) as Samples
  expect(samples.rounds).toHaveLength(1)
  expect(samples.rounds[0]?.['fanfold, 2 threads']).toMatchObject({ tasks: 2000, samplesMs: [expect.any(Number)] })

  const page = readFileSync(join(folder, 'RESULTS.md'), 'utf8')
  expect(page).toContain('## speed-up-cpu')
  expect(page).not.toContain(folder)
  rmSync(join(folder, 'RESULTS.md'))
  rmSync(join(folder, 'plots'), { recursive: true })
  expect(await bench('--report')).toMatchObject({ code: 0, stderr: '' })
  expect(readFileSync(join(folder, 'RESULTS.md'), 'utf8')).toBe(page)
  expect(existsSync(join(folder, 'plots/speed-up-cpu.svg'))).toBe(true)
})

test('a side that finds something else than what was planted ends the case, and the exit code says so', async () => {
  // Records that are all valid, in the place of a file that the case would write with every fiftieth invalid.
  const records = 4_999
  const input = benchFile(`customers-${records}.ndjson`)
  await writeCustomers(input, records)
  const lines = readFileSync(input, 'utf8').split('\n').slice(0, 40).join('\n')
  writeFileSync(input, `${lines}\n`)
  try {
    const { code, stdout, stderr } = await bench('ndjson-json-schema', '--records', String(records), '--rounds', '1')
    expect(code).toBe(1)
    expect(stderr).toContain('counted 40 valid and 0 invalid tasks, but there are 4900 and 99')
    expect(stderr).toContain('one loop did not validate')
    expect(stdout).not.toContain('NDJSON')
    expect(existsSync(join(folder, 'samples/ndjson-json-schema'))).toBe(false)
  } finally {
    rmSync(input)
  }
})

test('a case that there is not is named, with those that there are', async () => {
  const { code, stderr } = await bench('no-such-case')
  expect(code).toBe(1)
  expect(stderr).toContain('there is no case called no-such-case. Cases: ndjson-json-schema')
})

function bench(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [MAIN, ...args, '--results', folder], (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr })
    })
  })
}
