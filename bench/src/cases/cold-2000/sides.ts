import { fileURLToPath } from 'node:url'
import type { Counts, RunResult, Side } from '../../bench-case.ts'
import { benchFile } from '../../bench-folder.ts'
import { answerOf } from '../../fresh-process.ts'
import { verifyByCommand } from '../../sides/command-line.ts'
import { builtProgram, sourceProgram } from './built-programs.ts'
import { claimsFile } from './claims-file.ts'

export const oneLoop: Side = programSide('one loop', () => builtProgram('one-loop'))
export const bareSplit: Side = programSide('bare split', () => builtProgram('bare-split'))
export const fanfold: Side = programSide('fanfold', () => builtProgram('fanfold'))
export const oneLoopTypeScript: Side = programSide('one loop, in .ts', () => sourceProgram('one-loop'))
export const fanfoldTypeScript: Side = programSide('fanfold, in .ts', () => sourceProgram('fanfold'))

/** `fanfold verify`, with its progress and its summary. */
export const commandLine: Side = {
  name: 'fanfold verify',
  async setup({ tasks, threads }) {
    const verifier = fileURLToPath(builtProgram('verify-claim'))
    const summary = benchFile('cold-2000/summary.json')
    const args = [claimsFile(tasks), '--with', verifier, '--threads', String(threads), '--summary', summary]
    const run = (): Promise<RunResult> => verifyByCommand(args, summary)
    return { tasks, run, close: async () => {} }
  },
}

/** A program in a process of its own, from its start to its exit. */
function programSide(name: string, program: () => URL): Side {
  return {
    name,
    async setup({ tasks, threads }) {
      const args = [claimsFile(tasks), String(threads)]
      const run = async (): Promise<RunResult> => {
        const { answer, usage } = await answerOf<Counts>(program(), args)
        return { ...answer, measures: usage }
      }
      return { tasks, run, close: async () => {} }
    },
  }
}
