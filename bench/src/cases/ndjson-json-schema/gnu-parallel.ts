import { fileURLToPath } from 'node:url'
import type { Counts, Side } from '../../bench-case.ts'
import { runProgram } from '../../fresh-process.ts'
import { missingProgram } from '../../installed.ts'
import { sumCounts } from '../../planted.ts'
import { customersFile } from './customers.ts'

/** GNU parallel cuts the file by line ends, without reading it, into one part for each of its processes. */
export const gnuParallel: Side = {
  name: 'GNU parallel --pipepart',
  missing: () => missingProgram('parallel'),
  async setup({ tasks, threads }) {
    const path = await customersFile(tasks)
    const program = fileURLToPath(new URL('./count-stdin.ts', import.meta.url))
    // A block of -1: as many parts as there are jobs.
    const cutting = ['--will-cite', '--pipepart', '-a', path, '--block', '-1', '-j', String(threads)]
    const run = async (): Promise<Counts> => {
      const { code, stdout, stderr } = await runProgram('parallel', [...cutting, process.execPath, program])
      if (code !== 0) throw new Error(`parallel ended with ${code}:\n${stderr}`)
      // A line from each process, written by count-stdin.ts.
      return sumCounts(
        stdout
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line) as Counts),
      )
    }
    return { tasks, run, close: async () => {} }
  },
}
