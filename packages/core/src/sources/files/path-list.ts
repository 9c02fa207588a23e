import { Buffer } from 'node:buffer'
import { FanfoldError } from '@fanfold/workers/protocol'

const LF = 10
/** Longer than any system's paths are. */
const MOST_BYTES = 64 * 1024

/**
 * Takes a stream of paths apart. Each ends with a line end, or each with a NUL, as from `find -print0`: a NUL in the
 * first piece of the stream says so.
 */
export class PathList {
  #rest: Buffer = Buffer.alloc(0)
  #end: number | undefined

  /**
   * The paths that end in this piece of the stream; empty ones are none.
   *
   * @throws {FanfoldError} `FANFOLD_SOURCE_FAILED`
   */
  take(piece: Uint8Array): string[] {
    if (piece.length === 0) return []
    const view = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength)
    this.#end ??= view.includes(0) ? 0 : LF
    const bytes = this.#rest.length === 0 ? view : Buffer.concat([this.#rest, view])
    const paths: string[] = []
    let from = 0
    for (let to = bytes.indexOf(this.#end); to >= 0; to = bytes.indexOf(this.#end, from)) {
      add(paths, bytes.subarray(from, to))
      from = to + 1
    }
    // A copy: the stream may use the memory again.
    this.#rest = Buffer.from(bytes.subarray(from))
    if (this.#rest.length > MOST_BYTES) throw broken(`a path has more than ${MOST_BYTES} bytes`)
    return paths
  }

  /** The last path need not end. @throws {FanfoldError} `FANFOLD_SOURCE_FAILED` */
  last(): string[] {
    const paths: string[] = []
    add(paths, this.#rest)
    this.#rest = Buffer.alloc(0)
    return paths
  }
}

function add(paths: string[], bytes: Buffer): void {
  if (bytes.length === 0) return
  if (bytes.includes(0)) throw broken(`some paths end with a line end, and some with a NUL`)
  paths.push(bytes.toString('utf8'))
}

function broken(problem: string): FanfoldError {
  const message = `the list of files cannot be read: ${problem}. Give paths, each of which ends with a line end, or each with a NUL.`
  return new FanfoldError('FANFOLD_SOURCE_FAILED', message)
}
