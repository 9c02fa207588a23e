import type { LineBytes, RecordForm } from '@fanfold/workers/lines'
import type { ShardPayload } from '@fanfold/workers/protocol'
import type { FanfoldError } from '../errors.ts'
import type { Shard } from '../sources/shard.ts'

/** A stretch of a shard, as a shard of its own. */
export class SubShard implements Shard {
  readonly tasks: number
  readonly bytes: number
  readonly #whole: Shard
  readonly #offset: number
  #onRelease: (() => void) | undefined

  /**
   * @param bytes - its share of what `whole` keeps in memory, which is kept until the last stretch is released
   * @param onRelease - called once
   */
  constructor(whole: Shard, offset: number, tasks: number, bytes: number, onRelease: () => void) {
    this.#whole = whole
    this.#offset = offset
    this.tasks = tasks
    this.bytes = bytes
    this.#onRelease = onRelease
  }

  get file(): string | undefined {
    return this.#whole.file
  }
  get unreadable(): FanfoldError | undefined {
    return this.#whole.unreadable
  }

  indexAt(position: number): number {
    return this.#whole.indexAt(this.#offset + position)
  }

  fileAt(position: number): string | undefined {
    return this.#whole.fileAt?.(this.#offset + position)
  }

  lineAt(position: number): number | undefined {
    return this.#whole.lineAt(this.#offset + position)
  }

  idAt(position: number): unknown {
    return this.#whole.idAt(this.#offset + position)
  }

  recordAt(position: number): unknown {
    return this.#whole.recordAt(this.#offset + position)
  }

  itemAt(position: number): unknown {
    return this.#whole.itemAt(this.#offset + position)
  }

  writeRecord(position: number, bytes: LineBytes, form: RecordForm): void {
    this.#whole.writeRecord(this.#offset + position, bytes, form)
  }

  payload(from: number, to: number): { readonly payload: ShardPayload; readonly transfer: readonly ArrayBuffer[] } {
    return this.#whole.payload(this.#offset + from, this.#offset + to)
  }

  release(): void {
    this.#onRelease?.()
    this.#onRelease = undefined
  }
}
