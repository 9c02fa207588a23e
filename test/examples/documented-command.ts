import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { delimiter } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
// As in an npm script: the Node of the lockfile comes first.
const env = { ...process.env, PATH: `${root}node_modules/.bin${delimiter}${process.env['PATH']}`, NO_COLOR: '1' }

/** The first command under a heading of an example's README, or the `nth`. */
export function documentedCommand(readme: string, heading: string, nth = 0): string {
  const text = readFileSync(`${root}${readme}`, 'utf8')
  const section = text.split(/^## /m).find((part) => part.startsWith(`${heading}\n`))
  const commands = [...(section ?? '').matchAll(/^```sh\n(.+)\n```$/gm)].map(([, command]) => command)
  const command = commands[nth]
  if (command === undefined) throw new Error(`${readme} has no command ${nth} under '${heading}'`)
  return command
}

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs a command as a reader of the README would: in the repository's root, by a shell. */
export function runDocumented(readme: string, heading: string): Promise<Ended> {
  return runCommand(documentedCommand(readme, heading))
}

export async function runCommand(command: string): Promise<Ended> {
  const child = start(command)
  const [stdout, stderr, [code]] = await Promise.all([
    readAll(child.stdout!),
    readAll(child.stderr!),
    once(child, 'close') as Promise<[number | null]>,
  ])
  return { code, stdout, stderr }
}

export function start(command: string, extraEnv: Readonly<Record<string, string>> = {}): ChildProcess {
  // `exec`, so that a signal reaches the program and not only the shell before it.
  const isOne = !/ (&&|\|) /.test(command)
  return spawn(isOne ? `exec ${command}` : command, { shell: true, cwd: root, env: { ...env, ...extraEnv } })
}

async function readAll(stream: NodeJS.ReadableStream): Promise<string> {
  let text = ''
  for await (const chunk of stream) text += String(chunk)
  return text
}
