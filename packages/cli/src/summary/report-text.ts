import type { Report } from '@fanfold/core'
import type { Prediction } from '../estimate/for-run.ts'
import { predictedJson } from './predicted-text.ts'

/** The report as JSON, to be read by people too. Its error has `name`, `message` and `code`. */
export function reportText(report: Report, prediction?: Prediction): string {
  const { failure, ...rest } = report
  const firstErrors = report.firstErrors.map(({ error, ...place }) => ({ ...place, error: plain(error) }))
  const written = {
    ...rest,
    firstErrors,
    ...(failure === undefined ? {} : { failure: plain(failure) }),
    ...(prediction === undefined ? {} : { estimate: predictedJson(report, prediction) }),
  }
  return `${JSON.stringify(written, null, 2)}\n`
}

/** As the lines of `--out` have it. */
function plain(error: Error): unknown {
  const { name, message } = error
  const code = 'code' in error && (typeof error.code === 'string' || typeof error.code === 'number') ? error.code : null
  return { name: String(name), message: String(message), ...(code === null ? {} : { code }) }
}
