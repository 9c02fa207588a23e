import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { tempFolder } from '../engine/fixtures.ts'
import { documentedCommand, runCommand } from './documented-command.ts'

test('every record gets its answer, and the plot shows the capacity and the limit', async () => {
  const command = documentedCommand('examples/downstream-limits/README.md', 'Run it')
  const plot = join(tempFolder(), 'limit.svg')
  const { code, stdout } = await runCommand(`${command} --records 2000 --out ${plot}`)
  expect(stdout).toMatch(/^2000 of 2000 records have an answer, after /)
  expect(stdout).toMatch(/\n\d+ of \d+ requests were rejected, and asked again: \d+ further attempts\n/)
  const svg = readFileSync(plot, 'utf8')
  expect(svg).toMatch(/^<svg /)
  for (const word of ['capacity', 'limit', 'requests at once']) expect(svg).toContain(word)
  expect(code).toBe(0)
})
