import type { Report } from '@fanfold/core'
import { errorText } from '../output/json-text.ts'

/** The report as JSON, to be read by people too. Its error has `name`, `message` and `code`. */
export function reportText(report: Report): string {
  const { failure, ...rest } = report
  // The error's text is parsed again, so that it is indented as all else is.
  const written = failure === undefined ? rest : { ...rest, failure: JSON.parse(errorText(failure)) as unknown }
  return `${JSON.stringify(written, null, 2)}\n`
}
