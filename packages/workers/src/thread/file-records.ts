import { resolve } from 'node:path'
import { jsonText } from '../lines/json-text.ts'
import type { LineBytes } from '../lines/line-bytes.ts'
import { RECORD_KEY } from '../lines/record-form.ts'
import type { FilesPayload } from '../protocol.ts'
import type { Records } from './record-list.ts'

/** Whole files. Their paths are put together here, since that costs more than all else that is done for a name. */
export class FileRecords implements Records {
  readonly count: number
  readonly #payload: FilesPayload

  constructor(payload: FilesPayload) {
    this.count = payload.names.length
    this.#payload = payload
  }

  item(ordinal: number): { readonly path: string; readonly size: number } {
    const { folder, names, sizes } = this.#payload
    return { path: resolve(folder, names[ordinal]!), size: sizes[ordinal]! }
  }

  index(ordinal: number): number {
    return this.#payload.firstIndex + ordinal
  }

  line(): undefined {
    return undefined
  }

  file(ordinal: number): string {
    return this.#payload.names[ordinal]!
  }

  id(): undefined {
    return undefined
  }

  writeRecord(ordinal: number, bytes: LineBytes): void {
    bytes.ascii(RECORD_KEY)
    bytes.text(jsonText(this.item(ordinal)))
  }
}
