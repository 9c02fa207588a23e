import { resolve } from 'node:path'
import { jsonText } from '../lines/json-text.ts'
import type { LineBytes } from '../lines/line-bytes.ts'
import { RECORD_KEY } from '../lines/record-form.ts'
import type { FilesPayload } from '../protocol.ts'
import { CountedRecords } from './counted-records.ts'

/** Whole files. Their paths are put together here, since that costs more than all else that is done for a name. */
export class FileRecords extends CountedRecords {
  readonly #payload: FilesPayload

  constructor(payload: FilesPayload) {
    super(payload.names.length, payload.firstIndex)
    this.#payload = payload
  }

  override item(ordinal: number): { readonly path: string; readonly size: number } {
    const { folder, names, sizes } = this.#payload
    return { path: resolve(folder, names[ordinal]!), size: sizes[ordinal]! }
  }

  file(ordinal: number): string {
    return this.#payload.names[ordinal]!
  }

  override writeRecord(ordinal: number, bytes: LineBytes): void {
    bytes.ascii(RECORD_KEY)
    bytes.text(jsonText(this.item(ordinal)))
  }
}
