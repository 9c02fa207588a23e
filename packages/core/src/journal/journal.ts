import { open, rename, stat } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { FanfoldError } from '../errors.ts'
import { refuseDifferences } from './differences.ts'
import { syncFolderOf } from './durable-folder.ts'
import { damaged, foreign, isBegun, readFrames } from './format.ts'
import { JOURNAL_VERSION } from './frames.ts'
import type { Frame, JournalIdentity } from './frames.ts'
import { IndexRanges } from './index-ranges.ts'
import { journalPath } from './journal-path.ts'
import { JournalWriter, journalFailed } from './journal-writer.ts'
import type { JournalEnd } from './journal-writer.ts'
import { acquireLock } from './lock.ts'
import type { Lock } from './lock.ts'
import { agreementOf, outlineOf } from './output-match.ts'
import type { FrameOutline } from './output-match.ts'
import type { JournaledOutput } from '../options/journaled-output.ts'
import { thisProcess } from './process-identity.ts'
import { Replay, isComplete } from './replay.ts'
import type { JournalState } from './replay.ts'
import { RunJournal } from './run-journal.ts'
import { RunningSums } from './sums.ts'
import type { Totals } from './sums.ts'

/** What to do about a journal that is there. */
export interface JournalOptions {
  readonly path: string
  /**
   * `'never'`: refuse. `'unfinished'`: go on, or give the report of one that is complete. `'auto'`: go on, or move one
   * that is complete to `<path>.1` and start anew.
   */
  readonly resume: 'never' | 'unfinished' | 'auto'
  /** Go on, and run what was unsuccessful again, whatever `resume` says. @defaultValue false */
  readonly redrive?: boolean
  /** How many tasks are asked for; a journal that ended at a lower limit is not complete. @defaultValue all */
  readonly limit?: number | undefined
  /** What may differ from start to start, to be told in the journal. */
  readonly settings?: Readonly<Record<string, string>>
  readonly output?: JournaledOutput | undefined
  /**
   * Called once, later than the opening: with `FANFOLD_JOURNAL_FAILED`, or with what the output's `durable` threw.
   * Nothing is journaled from then on, so the run has to end.
   */
  readonly onFailed: (error: Error) => void
}

export type OpenedJournal =
  | {
      readonly state: 'running'
      readonly journal: RunJournal
      /** Not to be run again. */
      readonly settled: IndexRanges
      /** The account of the settled. */
      readonly totals: Totals
      readonly isResumed: boolean
    }
  /** Nothing is left to do; the report is that of the end of the run. */
  | { readonly state: 'complete'; readonly report: unknown }

/**
 * Opens a journal for a run, makes it durable, and holds its lock until `close()`.
 *
 * @throws {FanfoldError} `FANFOLD_JOURNAL_LOCKED`, `FANFOLD_JOURNAL_EXISTS`, `FANFOLD_JOURNAL_DIFFERENT`,
 * `FANFOLD_JOURNAL_FOREIGN`, `FANFOLD_JOURNAL_DAMAGED`, `FANFOLD_JOURNAL_FAILED`; the file is as it was then
 */
export async function openJournal(identity: JournalIdentity, options: JournalOptions): Promise<OpenedJournal> {
  const path = await journalPath(options.path)
  const lock = await acquireLock(path)
  const opening = new Opening(path, lock, identity, options)
  try {
    const opened = await opening.open()
    if (opened.state === 'complete') await opening.letGo()
    return opened
  } catch (error) {
    await opening.letGo()
    throw error instanceof FanfoldError ? error : journalFailed(path, 'cannot be opened', error)
  }
}

class Opening {
  readonly #path: string
  readonly #lock: Lock
  readonly #identity: JournalIdentity
  readonly #options: JournalOptions
  #file: FileHandle | undefined
  #failure: Error | undefined
  #journal: RunJournal | undefined

  constructor(path: string, lock: Lock, identity: JournalIdentity, options: JournalOptions) {
    this.#path = path
    this.#lock = lock
    this.#identity = identity
    this.#options = options
  }

  async open(): Promise<OpenedJournal> {
    const { resume, redrive = false, limit } = this.#options
    this.#file = await this.#existing()
    const { state, outlines } = await this.#read(Infinity)
    if (state === undefined) {
      await this.#refuseLostHeader()
      return this.#begin()
    }
    if (resume === 'never' && !redrive) throw exists(this.#path)
    const complete = isComplete(state.ended, limit) ? state.ended : undefined
    if (complete !== undefined && resume === 'auto' && !redrive) {
      await this.#moveAway()
      return this.#begin()
    }
    refuseDifferences(this.#path, state.identity, this.#identity, redrive)
    const hasToRedrive = redrive && state.unsuccessful.size > 0
    if (complete !== undefined && !hasToRedrive) return { state: 'complete', report: complete.report }
    return this.#goOn(state, outlines)
  }

  /** Plays the first frames. */
  async #read(most: number): Promise<{ state: JournalState | undefined; outlines: FrameOutline[] }> {
    const replay = new Replay(this.#path)
    const outlines: FrameOutline[] = []
    if (this.#file !== undefined) {
      for await (const placed of readFrames(this.#file, this.#path)) {
        if (outlines.length === most) break
        replay.play(placed.frame, placed.line)
        outlines.push(outlineOf(placed))
      }
    }
    return { state: replay.state(), outlines }
  }

  async letGo(): Promise<void> {
    await this.#file?.close().catch(() => {})
    await this.#lock.release()
  }

  async #existing(): Promise<FileHandle | undefined> {
    try {
      // For reading, too: a pipe would wait for its other end otherwise.
      const file = await open(this.#path, 'r+')
      if ((await file.stat()).isFile()) return file
      await file.close()
      throw foreign(this.#path, 'it is no regular file')
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
      throw error
    }
  }

  async #moveAway(): Promise<void> {
    await this.#file?.close()
    this.#file = undefined
    await rename(this.#path, `${this.#path}.1`)
  }

  /** A run does not touch its output before the header is durable: one that is torn beside lines was harmed later. */
  async #refuseLostHeader(): Promise<void> {
    const { output } = this.#options
    if (this.#file === undefined || output === undefined || !(await isBegun(this.#file))) return
    const bytes = (await stat(output.path).catch(() => undefined))?.size ?? 0
    if (bytes === 0) return
    const problem = `its header is not whole, and the ${bytes.toLocaleString('en')} bytes in the output '${output.path}' would be lost`
    throw damaged(this.#path, 1, problem)
  }

  async #begin(): Promise<OpenedJournal> {
    this.#file ??= await open(this.#path, 'wx+')
    await this.#file.truncate(0)
    const writer = this.#writer(this.#file, { bytes: 0, frames: 0 })
    const header: Frame = {
      frame: 'header',
      version: JOURNAL_VERSION,
      createdAt: new Date().toISOString(),
      ...this.#identity,
    }
    await this.#append(writer, header)
    await syncFolderOf(this.#path)
    await this.#options.output?.resumeAt(0)
    return this.#running(writer, new IndexRanges(), new RunningSums().toTotals([]), false)
  }

  async #goOn(read: JournalState, outlines: readonly FrameOutline[]): Promise<OpenedJournal> {
    const { output, redrive = false, settings } = this.#options
    const file = this.#file! // the frames were read from it
    const agreed = output === undefined ? undefined : await agreementOf(outlines, output, this.#path)
    const kept = agreed?.frames ?? outlines.length
    // The header is always kept.
    const state = kept === outlines.length ? read : (await this.#read(kept)).state!
    // A redrive that was taken back had another verifier.
    refuseDifferences(this.#path, state.identity, this.#identity, redrive)
    const { end } = outlines[kept - 1]!
    if ((await file.stat()).size > end) {
      await file.truncate(end)
      // Before anything is written there: a power cut must not leave new frames with old ones behind them.
      await file.sync()
    }
    await output?.resumeAt(agreed!.offset)
    const writer = this.#writer(file, { bytes: end, frames: kept })
    const at = new Date().toISOString()
    const { host, pid } = thisProcess()
    await this.#append(writer, { frame: 'resumed', at, host, pid, ...(settings === undefined ? {} : { settings }) })
    if (redrive) await this.#redrive(writer, state, agreed?.offset ?? 0)
    // What is redriven has its old outcomes no more.
    const totals = redrive ? state.completedTotals : state.totals
    return this.#running(writer, state.settled, totals, true)
  }

  /** Takes the unsuccessful out of what is settled, and says so in the journal. */
  async #redrive(writer: JournalWriter, state: JournalState, outputEnd: number): Promise<void> {
    const { verifier, config } = this.#identity
    const dropped = state.unsuccessful
    const isChanged = verifier.sha256 !== state.identity.verifier.sha256 || config !== state.identity.config
    if (dropped.size === 0 && !isChanged) return
    const { output } = this.#options
    const rewritten =
      output === undefined || dropped.size === 0
        ? undefined
        : await output.rewriteWithout((index) => dropped.has(index), outputEnd)
    const frame: Frame = {
      frame: 'redriven',
      at: new Date().toISOString(),
      verifier,
      config,
      ...(rewritten === undefined
        ? {}
        : { output: { offset: rewritten.offset, crc: rewritten.crc, temporary: rewritten.temporary } }),
    }
    // Durable before the rename: killed in between, the next start finds the frame and makes up for the rename.
    await this.#append(writer, frame)
    if (output !== undefined && rewritten !== undefined) {
      if (!(await output.adopt(rewritten))) throw changedMeanwhile(this.#path, rewritten.temporary)
      await output.resumeAt(rewritten.offset)
    }
    state.settled.deleteAll(dropped)
  }

  #writer(file: FileHandle, end: JournalEnd): JournalWriter {
    return new JournalWriter(file, this.#path, end, (error) => {
      this.#failure = error
      this.#journal?.failed(error)
    })
  }

  async #append(writer: JournalWriter, frame: Frame): Promise<void> {
    await writer.append(frame)
    await writer.sync()
    if (this.#failure !== undefined) throw this.#failure
  }

  #running(writer: JournalWriter, settled: IndexRanges, totals: Totals, isResumed: boolean): OpenedJournal {
    const journal = new RunJournal({
      writer,
      path: isResumed ? undefined : this.#path,
      lock: this.#lock,
      output: this.#options.output,
      order: this.#identity.order,
      settledTasks: settled.size,
      toldErrors: totals.firstErrors.length,
      onFailed: this.#options.onFailed,
    })
    this.#journal = journal
    return { state: 'running', journal, settled, totals, isResumed }
  }
}

function exists(path: string): FanfoldError {
  const message =
    `the journal '${path}' exists already. Resume it (resume: 'unfinished' or 'auto'; --resume), redrive it to run what was ` +
    'unsuccessful again (redrive; --redrive), or give another path.'
  return new FanfoldError('FANFOLD_JOURNAL_EXISTS', message)
}

function changedMeanwhile(path: string, temporary: string): FanfoldError {
  const cause = new Error(`'${temporary}' is not as it was just written`)
  return journalFailed(path, 'cannot be redriven', cause)
}
