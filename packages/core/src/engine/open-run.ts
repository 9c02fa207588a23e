import type { RunSettings } from '../coordinator/events.ts'
import { PassingReader, configDigest, journaledSource, openJournal, verifierIdentity } from '../journal/index.ts'
import type { IndexRanges, RunJournal, Totals } from '../journal/index.ts'
import type { Source } from '../sources/shard.ts'
import type { ResolvedJournal, ResolvedLoad } from './resolve-options.ts'

/** A journaled run that goes on, or begins. */
export interface OpenedRun {
  readonly reader: PassingReader
  readonly journal: RunJournal
  readonly settled: IndexRanges
  readonly totals: Totals
}

/** What a run with a journal starts from; `report`: there is nothing left to do. */
export type OpenedJournaled = OpenedRun | { readonly report: unknown }

export interface Journaled {
  readonly source: Source
  readonly verifier: Pick<ResolvedLoad, 'url' | 'config'>
  readonly settings: RunSettings
  readonly options: ResolvedJournal
  /** The journal, or its output, takes nothing any more. */
  readonly onFailed: (error: Error) => void
}

/**
 * Opens a source through a journal. Nothing is left open when this rejects.
 *
 * @throws {FanfoldError} why the source or the journal cannot be opened
 */
export async function openJournaled(journaled: Journaled): Promise<OpenedJournaled> {
  const { source, verifier, settings, options, onFailed } = journaled
  const { path, resume, redrive, sourceId, output } = options
  const { order, limit } = settings
  const identity = {
    source: await journaledSource(source, sourceId),
    verifier: await verifierIdentity(new URL(verifier.url)),
    config: configDigest(verifier.config),
    order,
    ...(output === undefined ? {} : { output: output.settings }),
  }
  const reader = await source.open()
  try {
    const asked = limit === Infinity ? undefined : limit
    const opened = await openJournal(identity, { path, resume, redrive, limit: asked, output, onFailed })
    if (opened.state === 'complete') {
      reader.close()
      return { report: opened.report }
    }
    const { journal, settled, totals } = opened
    return { reader: new PassingReader(reader, settled, limit), journal, settled, totals }
  } catch (error) {
    reader.close()
    throw error
  }
}
