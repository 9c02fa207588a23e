import type { Side } from '../../bench-case.ts'
import { pMap } from '../../peers/p-map.ts'
import type { Peer } from '../../peers/peer.ts'
import { piscina } from '../../peers/piscina.ts'
import { poolifier } from '../../peers/poolifier.ts'
import { tinypool } from '../../peers/tinypool.ts'
import { workerpool } from '../../peers/workerpool.ts'
import { makeIbans } from './iban.ts'

/** String by string they are so much slower that they get fewer of them; times are per string. */
const SHARE = 20
/** Tasks that are with a pool at once: for Piscina 8 to 256 are within 10%, 1,024 and more are slower. */
const TASKS_IN_FLIGHT = 64
/** Strings in one message; 2,500 to 25,000 are much the same. */
const BATCH = 5_000
const taskModule = new URL('./verify-iban.ts', import.meta.url)
const pools = [piscina, tinypool, workerpool, poolifier]

/** The side that a target names. */
export const PISCINA_EACH = 'piscina.run each'

/** What every pool's README begins with: a call for each string. */
export const peersPerTask: readonly Side[] = [...pools, pMap].map((peer) => ({
  name: peer === piscina ? PISCINA_EACH : `${peer.name} each`,
  async setup({ tasks, threads }) {
    const texts = makeIbans(Math.ceil(tasks / SHARE))
    const running = await start(peer, threads)
    return { tasks: texts.length, run: () => running.each(texts, TASKS_IN_FLIGHT), close: () => running.close() }
  },
}))

/** The same pools with arrays of strings, which their users have to cut, send and count themselves. */
export const peersBatched: readonly Side[] = pools.map((peer) => ({
  name: `${peer.name} batches`,
  async setup({ tasks, threads }) {
    const texts = makeIbans(tasks)
    const running = await start(peer, threads)
    return { tasks, run: () => running.batches(texts, BATCH, threads * 2), close: () => running.close() }
  },
}))

function start(peer: Peer, threads: number): ReturnType<Peer['start']> {
  return peer.start({ threads, taskModule })
}
