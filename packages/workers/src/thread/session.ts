import * as atomics from './atomics.ts'
import { setTimeout as delay } from 'node:timers/promises'
import { ABANDONED } from '../cells.ts'
import { decodeError, encodeError, isA } from '../error-codec.ts'
import type { EncodedError } from '../error-codec.ts'
import { FanfoldError } from '../fanfold-error.ts'
import { PROTOCOL_VERSION } from '../protocol.ts'
import type {
  EndSession,
  FromThread,
  LoadVerifier,
  RunShard,
  SessionStart,
  ToThread,
  UnloadVerifier,
} from '../protocol.ts'
import { ThreadReducers } from './folding/thread-reducers.ts'
import { HostCalls } from './host/host-calls.ts'
import { ThreadLimits } from './limits/thread-limits.ts'
import type { OutcomePart } from '../outcome-columns.ts'
import { packEnded, packPart, unpackToThread } from '../small-messages.ts'
import type { Packed } from '../small-messages.ts'
import { printed } from './console-to-stderr.ts'
import { transferables } from './part-writer.ts'
import { ShardLoop } from './shard-loop.ts'
import { loadVerifier } from './verifier-loader.ts'
import { messageOf } from './import-default.ts'
import type { LoadedVerifier } from './loaded-verifier.ts'

/** How long abandoned tasks may hold up the end of a session, and how often they are looked at, ms. */
const LAST_CHANCE_MS = 500
const POLL_MS = 20
/** How long what was printed may take to be taken over, ms. */
const PRINT_MS = 2000

/** A thread's side of the protocol: one session lasts as long as its port. */
export class Session {
  readonly #port: SessionStart['port']
  readonly #cells: Int32Array
  readonly #limits: ThreadLimits
  readonly #hostCalls: HostCalls
  readonly #reducers = new ThreadReducers()
  readonly #verifiers = new Map<number, LoadedVerifier>()
  /** Teardowns that are under way. */
  readonly #unloading = new Set<Promise<EncodedError | undefined>>()
  #loop: ShardLoop | undefined
  /** Came while another one runs. */
  #behind: RunShard | undefined

  /** Begins to listen; the session lives as long as its port. */
  static start(start: SessionStart): void {
    const session = new Session(start)
    start.port.on('message', (message: ToThread | Packed) => void session.#handle(unpackToThread(message)))
  }

  private constructor(start: SessionStart) {
    if (start.version !== PROTOCOL_VERSION) {
      throw new FanfoldError(
        'FANFOLD_INTERNAL',
        `protocol ${start.version} meets @fanfold/workers with protocol ${PROTOCOL_VERSION}: install one version of both packages.`,
      )
    }
    this.#port = start.port
    this.#cells = new Int32Array(start.cells)
    this.#hostCalls = new HostCalls((message) => this.#send({ type: 'channel', message }))
    this.#limits = new ThreadLimits((limit, use) => this.#send({ type: 'limitUsed', limit, use }))
  }

  async #handle(message: ToThread): Promise<void> {
    switch (message.type) {
      case 'load':
        return this.#load(message)
      case 'unload':
        return this.#unload(message)
      case 'shard':
        return this.#run(message)
      case 'abort':
        if (this.#loop?.assignment === message.assignment)
          this.#loop.abort(decodeError(message.reason), message.graceMs)
        return
      case 'abortTask':
        if (this.#loop?.assignment === message.assignment)
          this.#loop.abortTask(message.position, decodeError(message.reason), message.graceMs)
        return
      case 'limit':
      case 'grant':
      case 'recall':
      case 'refuse':
      case 'unlock':
        return this.#limits.handle(message)
      case 'channel':
        return this.#hostCalls.receive(message.message)
      case 'end':
        return this.#endSession(message)
    }
  }

  async #load(message: LoadVerifier): Promise<void> {
    const { verifier } = message
    try {
      const loaded = await loadVerifier(message, this.#hostCalls)
      this.#verifiers.set(verifier, loaded)
      this.#send({ type: 'loaded', verifier, checks: loaded.chain?.map(({ terms }) => terms) })
    } catch (error) {
      this.#send({ type: 'loadFailed', verifier, error: encodeError(error) })
    }
  }

  async #run(message: RunShard): Promise<void> {
    if (this.#loop !== undefined) {
      this.#behind = message
      return
    }
    const verifier = this.#verifiers.get(message.verifier)
    if (verifier === undefined)
      throw new FanfoldError('FANFOLD_INTERNAL', `verifier ${message.verifier} was never loaded here`)
    const { assignment } = message
    const post = (part: OutcomePart): void =>
      this.#port.postMessage(packPart({ type: 'part', assignment, part }), transferables(part))
    const thread = { cells: this.#cells, limits: this.#limits, reducers: this.#reducers, post }
    this.#loop = new ShardLoop(message, verifier, thread)
    const ended = await this.#loop.run()
    this.#loop = undefined
    this.#limits.tellAll()
    // Items were parsed out of the bytes and share nothing with them.
    const { payload } = message
    const buffer = 'bytes' in payload && payload.bytes.buffer instanceof ArrayBuffer ? payload.bytes.buffer : undefined
    const moved = ended.part === undefined ? [] : transferables(ended.part)
    if (buffer !== undefined) moved[moved.length] = buffer // without push, which a verifier may have broken
    this.#port.postMessage(packEnded({ ...ended, buffer }), moved)
    const behind = this.#behind
    this.#behind = undefined
    if (behind !== undefined) return this.#run(behind)
  }

  async #unload({ verifier, teardownTimeoutMs }: UnloadVerifier): Promise<void> {
    const loaded = this.#verifiers.get(verifier)
    this.#verifiers.delete(verifier)
    const torn = loaded === undefined ? Promise.resolve(undefined) : tearDown(loaded, teardownTimeoutMs)
    this.#unloading.add(torn)
    this.#send({ type: 'unloaded', verifier, error: await torn })
    this.#unloading.delete(torn)
  }

  async #endSession({ teardownTimeoutMs }: EndSession): Promise<void> {
    await this.#abandonedEnd()
    const torn = await Promise.all([...this.#verifiers.values()].map((loaded) => tearDown(loaded, teardownTimeoutMs)))
    this.#verifiers.clear()
    await Promise.all(this.#unloading)
    await Promise.race([printed(), delay(PRINT_MS, undefined, { ref: false })])
    this.#send({ type: 'sessionEnded', errors: torn.filter((error) => error !== undefined) })
    this.#port.close()
  }

  /**
   * A thread that is terminated with native work pending (a database query) can take the whole process down, so what
   * was abandoned may still come to its end. Not for long: it may be a promise that never settles.
   */
  async #abandonedEnd(): Promise<void> {
    for (let waited = 0; waited < LAST_CHANCE_MS && atomics.load(this.#cells, ABANDONED) > 0; waited += POLL_MS) {
      await delay(POLL_MS)
    }
  }

  #send(message: FromThread): void {
    this.#port.postMessage(message)
  }
}

/** Returns the error, encoded, when the teardown threw or took too long. */
async function tearDown(loaded: LoadedVerifier, timeoutMs: number): Promise<EncodedError | undefined> {
  const ended = new AbortController()
  try {
    const torn = Promise.resolve(loaded.teardown())
    const waits =
      timeoutMs === Infinity
        ? []
        : [
            delay(timeoutMs, undefined, { signal: ended.signal }).then(() =>
              Promise.reject(tearDownTimedOut(timeoutMs)),
            ),
          ]
    await Promise.race([torn, ...waits])
    return undefined
  } catch (cause) {
    if (isA(FanfoldError, cause)) return encodeError(cause)
    const why = messageOf(cause)
    return encodeError(new FanfoldError('FANFOLD_TEARDOWN_FAILED', `a verifier's teardown failed: ${why}`, { cause }))
  } finally {
    ended.abort()
  }
}

function tearDownTimedOut(timeoutMs: number): FanfoldError {
  return new FanfoldError(
    'FANFOLD_TEARDOWN_TIMED_OUT',
    `a verifier's teardown took longer than ${timeoutMs} ms and was left behind. Raise teardownTimeoutMs if it is slow, not stuck.`,
  )
}
