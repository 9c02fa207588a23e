import { STATUSES } from '@fanfold/core'
import type { Batch, Outcome } from '@fanfold/core'

const KEPT = 3
const COMPLETED = STATUSES.indexOf('completed')
const ABORTED = STATUSES.indexOf('aborted')

/** Where a task is, and why it has no verdict. */
export interface TaskError {
  readonly place: string
  readonly error: Error
}

/** The first tasks that reached no verdict, for the summary. */
export class FirstErrors {
  readonly errors: TaskError[] = []

  /** Looks at a byte a task, and at nothing once it has enough. */
  look(batch: Batch): void {
    const { statuses } = batch
    for (let i = 0; i < statuses.length && this.errors.length < KEPT; i++) {
      if (statuses[i] === COMPLETED || statuses[i] === ABORTED) continue
      const outcome = batch.at(i)
      if (outcome.status !== 'completed' && outcome.error !== undefined)
        this.errors.push({ place: placeOf(outcome), error: outcome.error })
    }
  }
}

function placeOf({ index, line, file }: Outcome): string {
  if (line === undefined) return `index ${index}`
  return file === undefined ? `line ${line}` : `${file}:${line}`
}
