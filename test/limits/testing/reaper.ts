import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { listening } from '../../engine/listening.ts'
import type { Sentence } from '../verifiers/mortal.ts'

/** How a thread, or the process that it is in, is killed: by what its task is told, or from outside. */
export type Kill = Exclude<Sentence, 'live' | 'spin'> | 'SIGKILL' | 'SIGKILL afterwards'

/** A downstream that kills who asks it: while the call is under way, so that permits are held there. */
export interface Reaper {
  readonly url: string
  /** By the index of a task: how who runs it will be killed, once. */
  readonly kills: Map<number, Kill>
  /** Indexes of tasks that block their thread each time, until the engine terminates it. */
  readonly spinning: Set<number>
  /** Of how many threads, or processes, it has ended. */
  readonly killed: number
  /** From now on it kills nobody, and answers only when so many ask at once, all of them together. */
  together(count: number): void
}

export async function startReaper(): Promise<Reaper> {
  const kills = new Map<number, Kill>()
  const spinning = new Set<number>()
  const dead = new Set<string>()
  const waiting: ServerResponse[] = []
  let atOnce = 1
  const server = createServer(({ url }: IncomingMessage, response) => {
    const [, index, pid, threadId] = url!.split('/').map(Number) as [number, number, number, number] // mortal.ts asks so
    if (spinning.has(index)) return void response.end('spin')
    const kill = kills.get(index)
    if (kill !== undefined) return reap(index, kill, pid, threadId, response)
    waiting.push(response)
    if (waiting.length >= atOnce) for (const each of waiting.splice(0)) each.end('live')
  })

  function reap(index: number, kill: Kill, pid: number, threadId: number, response: ServerResponse): void {
    const who = `${pid}/${threadId}`
    // It is about to die of another task: this one will be asked again by another thread, and has its kill before it.
    if (dead.has(who)) return
    dead.add(who)
    kills.delete(index)
    if (kill === 'SIGKILL') process.kill(pid, kill)
    else if (kill === 'SIGKILL afterwards') response.end('live', () => process.kill(pid, 'SIGKILL'))
    else response.end(kill)
  }

  return {
    url: await listening(server),
    kills,
    spinning,
    get killed() {
      return dead.size
    },
    together: (count) => void (atOnce = count),
  }
}
