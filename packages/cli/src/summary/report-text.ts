import type { Report } from '@fanfold/core'
import type { Prediction } from '../estimate/for-run.ts'
import { errorText } from '../output/json-text.ts'
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

/** The error's text is parsed again, so that it is indented as all else is. */
function plain(error: Error): unknown {
  return JSON.parse(errorText(error))
}
