import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'

/** What a program left behind. */
export interface Exit {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** What a process of Node has used in its life, with all its threads. */
export interface Usage extends Record<string, number> {
  readonly processCpuMs: number
  readonly peakMb: number
}

const PRELOAD = new URL('./exit-usage.mjs', import.meta.url).href

/** Runs a program of Node from its start to its exit. */
export async function runNode(program: URL, args: readonly string[]): Promise<Exit & { readonly usage: Usage }> {
  const { extra, ...exit } = await run(process.execPath, ['--import', PRELOAD, fileURLToPath(program), ...args])
  // exit-usage.mjs wrote it.
  return { ...exit, usage: JSON.parse(extra) as Usage }
}

/** Runs any program from its start to its exit. */
export async function runProgram(command: string, args: readonly string[]): Promise<Exit> {
  return run(command, args)
}

/**
 * Runs a program of ours that prints one line of JSON.
 *
 * @throws with what it wrote to stderr, when it does not end well.
 */
export async function answerOf<Answer>(
  program: URL,
  args: readonly string[],
): Promise<{ readonly answer: Answer; readonly usage: Usage }> {
  const { code, stdout, stderr, usage } = await runNode(program, args)
  if (code !== 0) throw new Error(`${program.href} ended with ${code}:\n${stderr}`)
  // The program is ours, and prints this.
  return { answer: JSON.parse(stdout) as Answer, usage }
}

async function run(command: string, args: readonly string[]): Promise<Exit & { readonly extra: string }> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe', 'pipe'] })
  // All of them pipes that this side reads.
  const [, stdout, stderr, extra] = child.stdio as unknown as [null, Readable, Readable, Readable]
  const [out, errors, more, [code]] = await Promise.all([
    readText(stdout),
    readText(stderr),
    readText(extra),
    // Of a child's close: its code, and its signal.
    once(child, 'close') as Promise<[number | null]>,
  ])
  return { code, stdout: out, stderr: errors, extra: more }
}

async function readText(stream: Readable): Promise<string> {
  let text = ''
  for await (const chunk of stream) text += String(chunk)
  return text
}
