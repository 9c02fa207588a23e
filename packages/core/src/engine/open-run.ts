import { FanfoldError } from '../errors.ts'
import { PassingReader, configDigest, journaledSource, openJournal, verifierIdentity } from '../journal/index.ts'
import type { JournalIdentity } from '../journal/index.ts'
import type { ActiveRun } from '../run/active-run.ts'
import { Journaling } from '../run/journaling.ts'
import { fromStored } from '../run/stored-report.ts'
import type { Source } from '../sources/shard.ts'
import type { ResolvedJournal, ResolvedLoad } from './resolve-options.ts'

/** What a run is opened with. */
export interface RunOpening {
  readonly source: Source
  readonly journal: ResolvedJournal | undefined
  /** `undefined` when it was closed meanwhile. */
  readonly verifier: Pick<ResolvedLoad, 'url' | 'config'> | undefined
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
  const identity = journal === undefined ? undefined : await identityOf(run, opening, journal, signal)
  const reader = await source.open(signal)
  run.reader = reader
  const { promise, resolve } = Promise.withResolvers<void>()
  if (journal !== undefined) run.opening = promise
  try {
    if (journal !== undefined && identity !== undefined && !run.hasEnded) {
      await openThrough(run, opening, identity, journal)
    }
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

async function identityOf(
  { settings }: ActiveRun,
  { source, verifier }: RunOpening,
  { sourceId, output }: ResolvedJournal,
  signal: AbortSignal,
): Promise<JournalIdentity> {
  if (verifier === undefined)
    throw new FanfoldError('FANFOLD_VERIFIER_CLOSED', 'the verifier was closed before the run began')
  return {
    source: await journaledSource(source, sourceId, signal),
    verifier: await verifierIdentity(new URL(verifier.url)),
    config: configDigest(verifier.config),
    order: settings.order,
    ...(output === undefined ? {} : { output: output.settings }),
  }
}

async function openThrough(
  run: ActiveRun,
  { onBroken, onOpening }: RunOpening,
  identity: JournalIdentity,
  { path, resume, redrive, output }: ResolvedJournal,
): Promise<void> {
  const { limit } = run.settings
  const onFailed = (error: Error): void => {
    if (run.journalFailed(error)) onBroken(error)
  }
  const asked = limit === Infinity ? undefined : limit
  const opening = openJournal(identity, { path, resume, redrive, limit: asked, output, onFailed })
  onOpening(opening)
  const opened = await opening
  if (opened.state === 'complete') {
    const report = fromStored(opened.report)
    return run.endAsBefore({ ...report, resumed: report.total })
  }
  const { journal, settled, totals } = opened
  run.reader = new PassingReader(run.reader!, settled, limit) // set by `openRun`
  run.journalWith(new Journaling(journal, limit, onFailed), settled.size, totals)
}
