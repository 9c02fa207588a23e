import type { ActiveRun } from '../run/active-run.ts'
import type { Source } from '../sources/shard.ts'
import type { ResolvedJournal, ResolvedLoad } from './resolve-options.ts'

/** What a run is opened with. */
export interface RunOpening {
  readonly source: Source
  readonly journal: ResolvedJournal | undefined
  /** `undefined` when it was closed meanwhile. */
  readonly verifier: Pick<ResolvedLoad, 'url' | 'modules' | 'config'> | undefined
  /** Its source is open. */
  readonly begin: () => void
  /** The journal, or its output, takes nothing any more, and the run goes on. */
  readonly onBroken: (error: Error) => void
  /** The journal's file is being opened: until this settles, it is not let go of. */
  readonly onOpening: (opening: Promise<unknown>) => void
}

/**
 * Opens a run's source, through its journal if it has one, and has it begin, unless it was cancelled meanwhile or is
 * complete.
 *
 * @throws {FanfoldError} why the source or the journal cannot be opened; nothing is left open then
 */
export async function openRun(run: ActiveRun, opening: RunOpening): Promise<void> {
  const { source, journal } = opening
  const unwanted = new AbortController()
  void run.over.then(() => unwanted.abort())
  const { signal } = unwanted
  // Of a journal's modules, and of crypto and zlib, a run without one loads nothing.
  const openJournal =
    journal && (await (await import('./journaled-opening.ts')).journalOpener(run, opening, journal, signal))
  const reader = await source.open(signal)
  run.reader = reader
  const { promise, resolve } = Promise.withResolvers<void>()
  if (journal !== undefined) run.opening = promise
  try {
    if (openJournal !== undefined && !run.hasEnded) await openJournal()
    // In one turn: a cancel cannot come between.
    if (run.hasEnded) await run.closeUnread()
    else opening.begin()
  } catch (error) {
    reader.close()
    throw error
  } finally {
    resolve()
  }
}
