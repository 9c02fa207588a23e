import { bareWorkerThreads } from './peers/bare-worker-threads.ts'
import { pMap } from './peers/p-map.ts'
import type { Peer } from './peers/peer.ts'
import { piscina } from './peers/piscina.ts'
import { poolifier } from './peers/poolifier.ts'
import { tinypool } from './peers/tinypool.ts'
import { workerpool } from './peers/workerpool.ts'

/** The pools of threads on npm, as of their current releases, and what they are made of. */
export const THREAD_PEERS: readonly Peer[] = [piscina, tinypool, workerpool, poolifier, bareWorkerThreads]

/** All of them, and the one that has one thread. */
export const PEERS: readonly Peer[] = [...THREAD_PEERS, pMap]
