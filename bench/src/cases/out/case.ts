import { fileURLToPath } from 'node:url'
import type { BenchCase, CaseOptions, Side } from '../../bench-case.ts'
import { benchFile } from '../../bench-folder.ts'
import { plantedCounts } from '../../planted.ts'
import { requireCounts } from '../../require-counts.ts'
import { verifyByCommand } from '../../sides/command-line.ts'
import { customersFile } from '../ndjson-json-schema/customers.ts'
import { oneLoop, staticSplit } from '../ndjson-json-schema/sides.ts'

const verifier = fileURLToPath(new URL('../ndjson-json-schema/verify-customer.ts', import.meta.url))
const EVERY_OUTCOME = 'fanfold verify --out'
const REPORT_ONLY = 'fanfold verify'

/** What a line for each outcome costs, a file that is as long as half the input. */
export const out: BenchCase = {
  name: 'out',
  title: 'NDJSON × JSON Schema, outcomes written as NDJSON: `fanfold verify --out` against the summary only',
  fairness:
    'Of `fanfold verify` the clock covers the whole process, from its start to its exit; of the others what it covers in ' +
    'ndjson-json-schema. `--out` writes to a file, records beside what is not valid, as is its default. The ' +
    'table’s CPU is not that of `fanfold verify`: see processCpuMs.',
  defaultTasks: 1_000_000,
  iterations: 2,
  prepare: async ({ tasks }) => void (await customersFile(tasks)),
  sides: [
    oneLoop,
    staticSplit,
    commandSide(REPORT_ONLY, []),
    commandSide('fanfold verify --out --only fail', ['--out', benchFile('out.ndjson'), '--only', 'fail']),
    commandSide(EVERY_OUTCOME, ['--out', benchFile('out.ndjson')]),
  ],
  validate: (counts, tasks) => requireCounts(counts, plantedCounts(tasks)),
  mainThread: 'busy',
  targets: [
    {
      id: '--out of every outcome, time against report only (NDJSON × JSON Schema)',
      measure: 'microseconds',
      side: EVERY_OUTCOME,
      against: REPORT_ONLY,
      atMost: 1.15,
    },
  ],
}

function commandSide(name: string, output: readonly string[]): Side {
  return {
    name,
    async setup({ tasks, threads }: CaseOptions) {
      const summary = benchFile('out-summary.json')
      const file = await customersFile(tasks)
      const settings = ['--threads', String(threads), '--summary', summary, '--progress', 'none']
      const args = [file, '--with', verifier, ...settings, ...output]
      return { tasks, run: () => verifyByCommand(args, summary), close: async () => {} }
    },
  }
}
