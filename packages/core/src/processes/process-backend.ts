import type { PassedOn } from '@fanfold/workers/protocol'
import type { Backend, BackendListener, LaneSnapshot, VerifierSpec, Work } from '../backend.ts'
import { Ticker } from '../threads/ticker.ts'
import { ProcessLane } from './process-lane.ts'
import type { LaneSettings } from './process-lane.ts'

/**
 * Verifiers in child processes: one for each lane, in which one thread runs the verifier and the main thread watches
 * over it, by the very backend that runs threads here. So what ends a thread is told by the child, and what ends the
 * child, a native crash or the system, is seen from here. A lane is never stuck: a process can always be ended.
 */
export class ProcessBackend implements Backend {
  readonly lanes: number
  /** Its file holds the records of one shard, and its trace the slots of one. */
  readonly assignmentsPerLane = 1
  readonly #lanes: readonly ProcessLane[]
  #closing: ((lane: number) => void) | undefined

  constructor(processes: number, memoryMb: number | undefined, listener: BackendListener) {
    this.lanes = processes
    const own: BackendListener = {
      event: (event) => {
        if (this.#closing === undefined) listener.event(event)
        else if (event.type === 'laneDied') this.#closing(event.lane)
      },
      warning: (error, verifier) => listener.warning(error, verifier),
      channel: (lane, message) => listener.channel(lane, message),
    }
    const settings: LaneSettings = { memoryMb, ticker: new Ticker(), hasNativeDeaths: false }
    this.#lanes = Array.from({ length: processes }, (_, id) => new ProcessLane(id, settings, own))
  }

  open(lane: number): void {
    this.#lanes[lane]!.open()
  }
  load(lane: number, verifier: VerifierSpec, concurrency: number): void {
    this.#lanes[lane]!.load(verifier, concurrency)
  }
  unload(lane: number, verifier: VerifierSpec): void {
    this.#lanes[lane]!.unload(verifier)
  }
  run(work: Work): void {
    this.#lanes[work.lane]!.run(work)
  }
  stop(lane: number, assignment: number): void {
    this.#lanes[lane]!.stop(assignment)
  }
  abort(lane: number, assignment: number, reason: Error): void {
    this.#lanes[lane]!.abort(assignment, reason)
  }
  abortTask(lane: number, assignment: number, position: number, reason: unknown): void {
    this.#lanes[lane]!.abortTask(assignment, position, reason)
  }
  passOn(lane: number, message: PassedOn): void {
    this.#lanes[lane]!.passOn(message)
  }
  kill(lane: number): void {
    this.#lanes[lane]!.kill()
  }
  retire(lane: number): void {
    this.#lanes[lane]!.retire()
  }
  snapshot(): readonly LaneSnapshot[] {
    return this.#lanes.map((lane) => lane.snapshot())
  }

  async close(): Promise<readonly number[]> {
    const open = new Set(this.#lanes.filter(({ isOpen }) => isOpen))
    const { promise: allGone, resolve } = Promise.withResolvers<void>()
    this.#closing = (lane) => {
      open.delete(this.#lanes[lane]!)
      if (open.size === 0) resolve()
    }
    if (open.size === 0) return []
    for (const lane of open) lane.close()
    await allGone
    return []
  }
}
