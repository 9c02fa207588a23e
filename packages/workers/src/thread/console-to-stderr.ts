import { AsyncLocalStorage } from 'node:async_hooks'

const asyncTask = new AsyncLocalStorage<number>()
let syncTask: number | undefined
/** The stream's own, from before any verifier. */
let write: typeof process.stderr.write | undefined

/** The sync task that runs from now on; `undefined` when none does. */
export function nameTask(index: number | undefined): void {
  syncTask = index
}

/** Runs the start of an async task so that its continuations know whose they are. */
export function inTask<Result>(index: number, run: () => Result): Result {
  return asyncTask.run(index, run)
}

/**
 * Sends what a verifier writes to stdout to stderr, each line prefixed by thread and task: stdout belongs to the
 * application (`--out -`), and a line that nobody can place helps nobody.
 *
 * @param thread - what it is called, for people
 */
export function sendStdoutToStderr(thread: string): void {
  let atLineStart = true
  const toStderr = process.stderr.write.bind(process.stderr)
  write = toStderr
  process.stdout.write = (chunk: Uint8Array | string, encoding?: unknown, callback?: unknown): boolean => {
    const text = typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString()
    const index = asyncTask.getStore() ?? syncTask
    const prefix = index === undefined ? `[${thread}] ` : `[${thread}, task ${index}] `
    const prefixed = (atLineStart ? prefix : '') + text.replace(/\n(?=[^])/g, `\n${prefix}`)
    atLineStart = text.endsWith('\n')
    const done = typeof encoding === 'function' ? encoding : callback
    return toStderr(prefixed, done as () => void)
  }
}

/** Resolves when all that was printed has been taken by the main thread: what a thread holds when it ends is lost. */
export function printed(): Promise<void> {
  return new Promise((resolve) => {
    if (write === undefined) resolve()
    else write('', () => resolve())
  })
}
