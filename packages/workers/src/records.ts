/** Records in bytes: their borders, on the main thread and in a thread, and what they hold. */
export { cutRecords, recordCutter } from './cut-records.ts'
export type { CutFormat, RecordTable } from './cut-records.ts'
export type { RecordCutter } from './record-cutter.ts'
export { parseCsvRow } from './thread/csv-rows.ts'
export { readRecords } from './thread/read-records.ts'
export type { Records } from './thread/record-list.ts'
