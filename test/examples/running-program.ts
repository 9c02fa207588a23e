import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { documentedCommand, start } from './documented-command.ts'

/** A program that runs until it is told to end. */
export interface RunningProgram {
  /** The next line on its stdout that matches, of those not seen yet. */
  line(pattern: RegExp): Promise<string>
  /** Ends it by SIGTERM; its exit code, or the signal when it had none. */
  end(): Promise<number | string>
}

export function startDocumented(
  readme: string,
  heading: string,
  env: Readonly<Record<string, string>> = {},
): RunningProgram {
  // npx would not hand the signal on.
  const command = documentedCommand(readme, heading).replace(/^npx /, '')
  const child = start(command, env)
  child.stderr!.pipe(process.stderr)
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]()
  const exited = once(child, 'exit') as Promise<[number | null, string | null]>
  return {
    async line(pattern) {
      for (;;) {
        const { done, value } = await lines.next()
        if (done === true) throw new Error(`the program ended before it printed a line like ${pattern}`)
        if (pattern.test(value)) return value
      }
    },
    async end() {
      child.kill('SIGTERM')
      const [code, signal] = await exited
      return code ?? signal ?? 'unknown'
    },
  }
}
