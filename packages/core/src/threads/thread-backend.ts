import type { PassedOn } from '@fanfold/workers/protocol'
import type { Backend, BackendListener, LaneSnapshot, VerifierSpec, Work } from '../backend.ts'
import { ThreadLane } from './thread-lane.ts'
import type { LanePlace } from './thread-lane.ts'
import { LanePools, ThreadPool } from './thread-pool.ts'
import { Ticker } from './ticker.ts'

/** How long exits are waited for after the last teardown, ms. */
const EXIT_MS = 1000

/** Verifiers in worker threads of this process. */
export class ThreadBackend implements Backend {
  readonly lanes: number
  readonly assignmentsPerLane = 2
  readonly #pool: ThreadPool
  readonly #pools: readonly LanePools[]
  readonly #ticker = new Ticker()
  readonly #threads: readonly ThreadLane[]
  readonly #listener: BackendListener
  #ended: ((lane: number) => void) | undefined

  /** @param placeOf where a lane is, when these threads are not all there are: see `processes/`. */
  constructor(
    threads: number,
    memoryMb: number | undefined,
    listener: BackendListener,
    placeOf: (lane: number) => LanePlace = (lane) => ({ thread: lane + 1 }),
  ) {
    this.lanes = threads
    this.#pool = new ThreadPool(threads, memoryMb)
    this.#listener = listener
    const own: BackendListener = {
      event: (event) => {
        if (this.#ended === undefined) this.#listener.event(event)
        else if (event.type === 'laneDied') this.#ended(event.lane)
      },
      warning: (error, verifier) => this.#listener.warning(error, verifier),
      channel: (lane, message) => this.#listener.channel(lane, message),
    }
    this.#pools = Array.from({ length: threads }, () => new LanePools(this.#pool, () => new ThreadPool(1, memoryMb)))
    this.#threads = this.#pools.map((pools, id) => new ThreadLane(id, placeOf(id), pools, own, this.#ticker))
  }

  open(lane: number): void {
    this.#threads[lane]!.open()
  }
  load(lane: number, verifier: VerifierSpec, concurrency: number): void {
    this.#threads[lane]!.load(verifier, concurrency)
  }
  unload(lane: number, verifier: VerifierSpec): void {
    this.#threads[lane]!.unload(verifier)
  }
  run(work: Work): void {
    this.#threads[work.lane]!.run(work)
  }
  stop(lane: number, assignment: number): void {
    this.#threads[lane]!.stop(assignment)
  }
  abort(lane: number, assignment: number, reason: Error): void {
    this.#threads[lane]!.abort(assignment, reason)
  }
  abortTask(lane: number, assignment: number, position: number, reason: unknown): void {
    this.#threads[lane]!.abortTask(assignment, position, reason)
  }
  passOn(lane: number, message: PassedOn): void {
    this.#threads[lane]!.passOn(message)
  }
  kill(lane: number): void {
    this.#threads[lane]!.kill()
  }
  retire(lane: number): void {
    this.#threads[lane]!.retire()
  }
  snapshot(): readonly LaneSnapshot[] {
    return this.#threads.map((thread) => thread.snapshot())
  }

  async close(): Promise<readonly number[]> {
    const open = new Set(this.#threads.filter((thread) => thread.isOpen).map((thread) => thread.id))
    if (open.size > 0) {
      await new Promise<void>((resolve) => {
        this.#ended = (lane) => {
          open.delete(lane)
          if (open.size === 0) resolve()
        }
        for (const thread of this.#threads) if (open.has(thread.id)) thread.end()
      })
    }
    this.#ended = () => {}
    const stuck = this.#pools.flatMap((pools, lane) => (pools.isStuck ? [lane] : []))
    const { promise: late, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, stuck.length > 0 ? 0 : EXIT_MS)
    await Promise.race([Promise.all([this.#pool, ...this.#pools].map((pool) => pool.destroy())), late])
    clearTimeout(timer)
    for (const thread of this.#threads) thread.silence()
    await new Promise((closed) => setImmediate(closed)) // a port is gone one turn after it was closed
    return stuck
  }
}
