import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Readable } from 'node:stream'

/** What a program left behind. */
export interface Exit {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs a program of Node from its start to its exit. */
export function runNode(program: string | URL, args: readonly string[]): Promise<Exit> {
  return runProgram(process.execPath, [program instanceof URL ? fileURLToPath(program) : program, ...args])
}

/** Runs a program from its start to its exit. */
export async function runProgram(command: string, args: readonly string[]): Promise<Exit> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  const [stdout, stderr, [code]] = await Promise.all([
    readText(child.stdout),
    readText(child.stderr),
    // Of a child's close: its code, and its signal.
    once(child, 'close') as Promise<[number | null]>,
  ])
  return { code, stdout, stderr }
}

/**
 * Runs a program of ours that prints one line of JSON.
 *
 * @throws with what it wrote to stderr, when it does not end well.
 */
export async function answerOf<Answer>(program: URL, args: readonly string[]): Promise<Answer> {
  const { code, stdout, stderr } = await runNode(program, args)
  if (code !== 0) throw new Error(`${program.href} ended with ${code}:\n${stderr}`)
  // The program is ours, and prints this.
  return JSON.parse(stdout) as Answer
}

async function readText(stream: Readable): Promise<string> {
  let text = ''
  for await (const chunk of stream) text += String(chunk)
  return text
}
