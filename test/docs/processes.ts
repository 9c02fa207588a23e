import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { root } from './documents.ts'

/** What came of a process. */
export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

const bin = join(root, 'node_modules/.bin')

/** Starts a program; `node`, `tsc` and `fanfold` are the workspace's. */
export function start(
  cwd: string,
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): ChildProcess {
  const PATH = `${bin}:${process.env['PATH']}`
  return spawn(program, args, { cwd, env: { ...process.env, PATH, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
}

export async function run(cwd: string, program: string, ...args: string[]): Promise<Ended> {
  const child = start(cwd, program, args)
  const output = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => (output[name] += text))
  }
  const code = await new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve))
  return { code, ...output }
}
