import { expect, test } from 'vitest'
import { documentedCommand, runCommand } from './documented-command.ts'

test('the responsive service measures its endpoint and its event loop, without and with batches', async () => {
  const command = documentedCommand('examples/responsive-service/README.md', 'Run it')
  const { code, stdout } = await runCommand(`${command} --seconds 1 --threads 1`)
  const rows = stdout.split('\n').filter((line) => /p99 ≤ 10 ms/.test(line))
  expect(rows.map((row) => row.slice(0, 22).trim())).toEqual(['no batch', 'records, 1 thread', 'keys, 1 thread'])
  // p50, p99 and max, of the endpoint and of the loop. How long they are is the machine's affair, and not tested.
  for (const row of rows) expect(row.match(/ \d+\.\d(?= )/g)).toHaveLength(6)
  for (const row of rows.slice(1)) expect(row).toMatch(/ [1-9][\d,]* tasks\/s$/)
  expect(code).toBe(0)
})
