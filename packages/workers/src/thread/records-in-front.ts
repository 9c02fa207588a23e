import type { LineBytes } from '../lines/line-bytes.ts'
import type { RecordForm } from '../lines/record-form.ts'
import type { Records } from './record-list.ts'

/** Records that stand in front of others, and give what these give. */
export abstract class RecordsInFront implements Records {
  protected readonly records: Records

  constructor(records: Records) {
    this.records = records
  }

  get count(): number {
    return this.records.count
  }
  item(ordinal: number): unknown {
    return this.records.item(ordinal)
  }
  index(ordinal: number): number {
    return this.records.index(ordinal)
  }
  line(ordinal: number): number | undefined {
    return this.records.line(ordinal)
  }
  get file(): Records['file'] {
    const { file } = this.records
    return file === undefined ? undefined : (ordinal) => this.records.file!(ordinal)
  }
  id(ordinal: number, item: unknown): unknown {
    return this.records.id(ordinal, item)
  }
  writeRecord(ordinal: number, bytes: LineBytes, form: RecordForm): void {
    this.records.writeRecord(ordinal, bytes, form)
  }
  keepRecords(isForAll: boolean): void {
    this.records.keepRecords?.(isForAll)
  }
}
