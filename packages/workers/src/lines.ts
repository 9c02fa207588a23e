/** Outcomes as lines of NDJSON: made in the threads, and on the main thread for what it settles itself. */
export { errorText, jsonText } from './lines/json-text.ts'
export { writeAnswer, writeError } from './lines/answer.ts'
export { LineBytes } from './lines/line-bytes.ts'
export { LineChoice } from './lines/line-choice.ts'
export type { LineSettings, OutcomeKind } from './lines/line-choice.ts'
export { LineWriter } from './lines/line-writer.ts'
export { RECORD_KEY, recordFormOf } from './lines/record-form.ts'
export type { RecordForm } from './lines/record-form.ts'
