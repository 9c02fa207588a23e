import type { Counts, Side } from '../../bench-case.ts'
import { runProgram } from '../../fresh-process.ts'
import { missingProgram } from '../../installed.ts'
import { manifestFile } from './manifest.ts'

/** The program that everybody has, in one process. Written in C, with the processor's own instructions for SHA. */
export const sha256sum: Side = {
  name: 'sha256sum -c',
  missing: () => missingProgram('sha256sum'),
  setup: async ({ tasks }) => ready(tasks, 'sha256sum', ['-c', manifestFile(tasks)]),
}

/** The same in several processes, to each of which GNU parallel gives a stretch of the manifest. */
export const parallelSha256sum: Side = {
  name: 'parallel sha256sum -c',
  missing: () => missingProgram('parallel') ?? missingProgram('sha256sum'),
  async setup({ tasks, threads }) {
    const cutting = ['--pipepart', '-a', manifestFile(tasks), '--block', `-${PARTS}`, '-j', String(threads)]
    return ready(tasks, 'parallel', ['--will-cite', ...cutting, 'sha256sum', '-c'])
  },
}

/** Stretches for each process, so that the one with the largest files is not the last. */
const PARTS = 8

function ready(tasks: number, command: string, args: readonly string[]): Awaited<ReturnType<Side['setup']>> {
  const run = async (): Promise<Counts> => {
    // It does not end well: some of the files are not intact, as planted.
    const { stdout, stderr } = await runProgram(command, args)
    const lines = stdout.trimEnd().split('\n')
    const pass = lines.filter((line) => line.endsWith(': OK')).length
    const fail = lines.filter((line) => line.endsWith(': FAILED')).length
    if (pass + fail !== tasks) throw new Error(`${command} said something else:\n${stderr}`)
    return { pass, fail }
  }
  return { tasks, run, close: async () => {} }
}
