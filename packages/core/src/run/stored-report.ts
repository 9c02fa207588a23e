import type { Report } from '../report/report.ts'
import { restoredError, storedError } from '../report/stored-error.ts'
import type { StoredError } from '../report/stored-error.ts'

interface StoredReport extends Omit<Report, 'failure' | 'firstErrors'> {
  readonly failure?: StoredError
  readonly firstErrors: readonly (Omit<Report['firstErrors'][number], 'error'> & { readonly error: StoredError })[]
}

/** The report as JSON can hold it. */
export function toStored({ failure, firstErrors, ...rest }: Report): StoredReport {
  return {
    ...rest,
    firstErrors: firstErrors.map(({ error, ...place }) => ({ ...place, error: storedError(error) })),
    ...(failure === undefined ? {} : { failure: storedError(failure) }),
  }
}

/** The report of a run that has ended before. */
export function fromStored(stored: unknown): Report {
  const { failure, firstErrors, ...rest } = stored as StoredReport // the journal's checksum says that we wrote it
  return {
    ...rest,
    firstErrors: firstErrors.map(({ error, ...place }) => ({ ...place, error: restoredError(error) })),
    ...(failure === undefined ? {} : { failure: restoredError(failure) }),
  }
}
