import { spawn } from 'node:child_process'
import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'

const BIN = fileURLToPath(new URL('../../../packages/cli/dist/bin.js', import.meta.url))
/** A verifier that does as each record says. */
export const OBEDIENT: string = fileURLToPath(new URL('../verifiers/obedient.ts', import.meta.url))

/** Not that of the script which runs the tests: the command line says how it was called. */
const ENVIRONMENT: NodeJS.ProcessEnv = {
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('npm_'))),
  NO_COLOR: '1',
}

export interface Ended {
  readonly code: number | null
  readonly signal: string | null
  readonly stdout: string
  readonly stderr: string
}

/** A folder of the test's own, in which the command line runs. */
export class Workplace {
  readonly path: string = mkdtempSync(join(tmpdir(), 'fanfold-cli-'))

  remove(): void {
    rmSync(this.path, { recursive: true, force: true })
  }

  /** Writes a file and returns its name, as it is given on the command line. */
  file(name: string, content: string | Uint8Array): string {
    const path = join(this.path, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, content)
    return name
  }

  ndjson(name: string, records: readonly unknown[]): string {
    return this.file(name, records.map((record) => `${JSON.stringify(record)}\n`).join(''))
  }

  async appeared(name: string): Promise<void> {
    await expect.poll(() => existsSync(join(this.path, name)), { timeout: 20_000 }).toBe(true)
  }

  read(name: string): string {
    return readFileSync(join(this.path, name), 'utf8')
  }

  /** The lines of an NDJSON file, in the order of their index. */
  lines(name: string): Record<string, unknown>[] {
    return parseLines(this.read(name)).sort((a, b) => Number(a['index']) - Number(b['index']))
  }

  start(...args: readonly string[]): ChildProcessWithoutNullStreams {
    return spawn(process.execPath, [BIN, ...args], { cwd: this.path, env: { ...ENVIRONMENT } })
  }

  async fanfold(...args: readonly string[]): Promise<Ended> {
    return this.fed('', ...args)
  }

  /** With this on its standard input. */
  async fed(input: string, ...args: readonly string[]): Promise<Ended> {
    const child = this.start(...args)
    child.stdin.on('error', () => {}) // not everyone reads it
    child.stdin.end(input)
    return end(child)
  }

  /** `verify` with the obedient verifier. */
  async verify(...args: readonly string[]): Promise<Ended> {
    return this.fanfold('verify', '--with', OBEDIENT, ...args)
  }

  /** A shell's command line, in which `fanfold` is what is tested. */
  async shell(script: string): Promise<Ended> {
    const child = spawn('bash', ['-c', `fanfold() { '${process.execPath}' '${BIN}' "$@"; }\n${script}`], {
      cwd: this.path,
      env: { ...ENVIRONMENT, OBEDIENT },
    })
    child.stdin.end()
    return end(child)
  }
}

export async function end(child: ChildProcessWithoutNullStreams): Promise<Ended> {
  const closed = new Promise<Pick<Ended, 'code' | 'signal'>>((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal }))
  })
  const [stdout, stderr, how] = await Promise.all([text(child.stdout), text(child.stderr), closed])
  return { ...how, stdout, stderr }
}

/** A process that can be waited for while it runs. */
export interface Watched {
  readonly ended: Promise<Ended>
  /** Resolves when this is on its stderr. @throws when it ends without it */
  readonly said: (text: string) => Promise<void>
}

/** Reads all that it writes. */
export function watch(child: ChildProcessWithoutNullStreams): Watched {
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk) => (stdout += chunk))
  child.stderr.on('data', (chunk) => (stderr += chunk))
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal, stdout, stderr }))
  const said = (wanted: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (stderr.includes(wanted)) resolve()
      }
      child.stderr.on('data', look)
      look()
      void ended.then(() => reject(new Error(`it ended, and did not say '${wanted}' but: ${stderr}`)))
    })
  return { ended, said }
}

export function parseLines(text: string): Record<string, unknown>[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
}

export function numbers(count: number, more: (n: number) => object = () => ({})): { n: number }[] {
  return Array.from({ length: count }, (_, n) => ({ n, ...more(n) }))
}
