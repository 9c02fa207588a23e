import { afterAll } from 'vitest'
import { Folder } from '../../sources/testing/folder.ts'
import type { JournalIdentity } from '../frames.ts'
import { openJournal } from '../journal.ts'
import type { JournalOptions, OpenedJournal } from '../journal.ts'
import { batchOf, passed } from './batches.ts'
import { LineOutput } from './line-output.ts'
import { IDENTITY } from './written.ts'

type Running = Extract<OpenedJournal, { state: 'running' }>

const TEN = Array.from({ length: 10 }, (_, index) =>
  index === 3 || index === 7 ? { index, status: 'timedOut' as const, durationMs: 500 } : { index },
)

export function identityWith(output: LineOutput | undefined): JournalIdentity {
  return output === undefined ? IDENTITY : { ...IDENTITY, output: output.settings }
}

const onFailed = (error: Error): void => {
  throw error
}

/** A folder with journals and outputs; they are closed, and it is removed, after the tests of its file. */
export class JournalPlace {
  readonly folder: Folder = new Folder()
  readonly #outputs: LineOutput[] = []

  constructor() {
    afterAll(async () => {
      await Promise.all(this.#outputs.map((output) => output.close()))
      this.folder.remove()
    })
  }

  output<Output extends LineOutput>(output: Output): Output {
    this.#outputs.push(output)
    return output
  }

  readonly outputAt = (path: string): LineOutput => this.output(new LineOutput(path))

  readonly start = async (
    name: string,
    options: Partial<JournalOptions> = {},
    identity: JournalIdentity = IDENTITY,
  ): Promise<OpenedJournal> =>
    openJournal(identity, { path: `${this.folder.path}/${name}`, resume: 'unfinished', onFailed, ...options })

  readonly running = async (...args: Parameters<JournalPlace['start']>): Promise<Running> => {
    const opened = await this.start(...args)
    if (opened.state !== 'running') throw new Error('the journal is complete')
    return opened
  }

  /** Tasks 0 to 9 are settled, 3 and 7 unsuccessfully. */
  readonly begun = async (name: string, output?: LineOutput): Promise<void> => {
    const { journal } = await this.running(name, output === undefined ? {} : { output }, identityWith(output))
    journal.given(batchOf(TEN))
    for (const told of TEN) output?.write(`${JSON.stringify(told)}\n`)
    journal.askedForNext()
    await journal.close()
    await output?.close()
  }

  readonly complete = async (name: string, limit?: number): Promise<void> => {
    const { journal } = await this.running(name)
    journal.given(passed(0, 5))
    journal.askedForNext()
    const asked = limit === undefined ? {} : { limit }
    await journal.end({ report: { text: 'all is well' }, sourceExhausted: limit === undefined, ...asked, total: 5 })
    await journal.close()
  }
}
