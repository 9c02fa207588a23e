import { resolve } from 'node:path'
import { FanfoldError } from '@fanfold/workers/protocol'
import { RECORD_KEY, jsonText } from '@fanfold/workers/lines'
import type { LineBytes } from '@fanfold/workers/lines'
import type { ShardPayload } from '@fanfold/workers/protocol'
import type { Shard } from '../shard.ts'

/** What a name costs beside its characters. */
const BYTES_EACH = 48

/** A file, as a verifier gets it. */
export interface FileItem {
  /** Absolute. */
  readonly path: string
  /** In bytes, as it was when the file was listed. */
  readonly size: number
}

/** What a file's name takes in memory. */
export function bytesOfName(name: string): number {
  return BYTES_EACH + name.length
}

/** Files by their names. Their bytes are in none of its. */
export class FileShard implements Shard {
  readonly tasks: number
  readonly bytes: number
  readonly file: undefined = undefined
  readonly unreadable: undefined = undefined
  readonly #folder: string
  readonly #names: readonly string[]
  readonly #sizes: Float64Array
  readonly #firstIndex: number

  /** @param folder - where names that are not absolute start */
  constructor(folder: string, names: readonly string[], sizes: Float64Array, bytes: number, firstIndex: number) {
    this.tasks = names.length
    this.bytes = bytes
    this.#folder = folder
    this.#names = names
    this.#sizes = sizes
    this.#firstIndex = firstIndex
  }

  indexAt(position: number): number {
    return this.#firstIndex + position
  }

  fileAt(position: number): string | undefined {
    return this.#names[position]
  }

  lineAt(): undefined {
    return undefined
  }

  idAt(): undefined {
    return undefined
  }

  recordAt(position: number): FileItem {
    return { path: resolve(this.#folder, this.#names[position]!), size: this.#sizes[position]! }
  }

  itemAt(position: number): FileItem {
    return this.recordAt(position)
  }

  writeRecord(position: number, bytes: LineBytes): void {
    bytes.ascii(RECORD_KEY)
    bytes.text(jsonText(this.recordAt(position)))
  }

  release(): void {}

  payload(from: number, to: number): { readonly payload: ShardPayload; readonly transfer: readonly ArrayBuffer[] } {
    const sizes = this.#sizes.slice(from, to)
    const names = this.#names.slice(from, to)
    const payload = { kind: 'files', folder: this.#folder, names, sizes, firstIndex: this.indexAt(from) } as const
    return { payload, transfer: [sizes.buffer] }
  }
}

/** What was listed, and is no file that can be read. */
export class UnreadableFile implements Shard {
  readonly tasks = 1
  readonly bytes: number
  readonly file: string
  readonly unreadable: FanfoldError
  readonly #path: string
  readonly #index: number

  constructor(folder: string, name: string, problem: string, index: number) {
    this.bytes = bytesOfName(name)
    this.file = name
    this.#path = resolve(folder, name)
    this.#index = index
    const message = `'${name}' cannot be verified: ${problem}. If it is not to be, leave it out.`
    this.unreadable = new FanfoldError('FANFOLD_FILE_UNREADABLE', message)
  }

  indexAt(): number {
    return this.#index
  }

  lineAt(): undefined {
    return undefined
  }

  idAt(): undefined {
    return undefined
  }

  recordAt(): FileItem {
    return { path: this.#path, size: 0 }
  }

  itemAt(): undefined {
    return undefined
  }

  writeRecord(_position: number, bytes: LineBytes): void {
    bytes.ascii(RECORD_KEY)
    bytes.text(jsonText(this.recordAt()))
  }

  release(): void {}

  payload(): never {
    throw new FanfoldError('FANFOLD_INTERNAL', 'A file that cannot be read was about to be sent to a thread.')
  }
}
