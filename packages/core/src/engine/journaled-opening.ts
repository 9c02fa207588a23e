import { FanfoldError } from '../errors.ts'
import { configDigest, journaledSource, openJournal, verifierIdentity } from '../journal/index.ts'
import type { JournalIdentity } from '../journal/index.ts'
import { PassingReader } from '../journal/passing-reader.ts'
import type { ActiveRun } from '../run/active-run.ts'
import { Journaling } from '../run/journaling.ts'
import { fromStored } from '../run/stored-report.ts'
import type { RunOpening } from './open-run.ts'
import type { ResolvedJournal } from './resolve-options.ts'

/**
 * Finds out what the run's journal is to be of.
 *
 * @returns opens it, once the source is open: what it holds is passed over, and a run that is complete ends as it did before
 * @throws {FanfoldError} when that cannot be said
 */
export async function journalOpener(
  run: ActiveRun,
  opening: RunOpening,
  journal: ResolvedJournal,
  signal: AbortSignal,
): Promise<() => Promise<void>> {
  const identity = await identityOf(run, opening, journal, signal)
  return () => openThrough(run, opening, identity, journal)
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
    verifier: await verifierIdentity(verifier),
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
