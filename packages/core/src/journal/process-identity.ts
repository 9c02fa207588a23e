import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'

/** Names one process among all that ever ran, as far as the platform can tell them apart. */
export interface ProcessIdentity {
  readonly host: string
  /** Linux: of the machine, kept over a restart. */
  readonly machine: string | undefined
  /** Linux: anew with each start of the machine. */
  readonly boot: string | undefined
  /** Linux: in which a process id means something; containers have their own. */
  readonly pidNamespace: string | undefined
  readonly pid: number
  /** Linux: in clock ticks since the machine started; process ids are used again. */
  readonly startTime: string | undefined
}

/** The process ids of the machine itself, outside all containers (`PROC_PID_INIT_INO` of the kernel). */
const MACHINE_NAMESPACE = 'pid:[4026531836]'

export function thisProcess(): ProcessIdentity {
  return {
    host: hostname(),
    machine: textOf('/etc/machine-id'),
    boot: textOf('/proc/sys/kernel/random/boot_id'),
    pidNamespace: linkOf('/proc/self/ns/pid'),
    pid: process.pid,
    startTime: statOf(process.pid)?.startTime,
  }
}

/**
 * Whether the process is known to be gone. In doubt it is not: on another machine or in another container, or where
 * process ids cannot be told from older ones.
 */
export function isProvablyDead(other: ProcessIdentity): boolean {
  const here = thisProcess()
  if (other.host !== here.host) return false
  if (other.boot !== here.boot) return isBeforeRestart(other, here)
  if (other.pidNamespace !== here.pidNamespace) return false
  if (!exists(other.pid)) return true
  const stat = statOf(other.pid)
  if (stat === undefined || other.startTime === undefined) return false
  return stat.startTime !== other.startTime || stat.isDead
}

/** The machine was started anew, a power cut perhaps: nothing of before is alive. A container may have moved instead. */
function isBeforeRestart(other: ProcessIdentity, here: ProcessIdentity): boolean {
  if (other.boot === undefined || here.boot === undefined) return false
  const isSameMachine = other.machine !== undefined && other.machine === here.machine
  return isSameMachine && other.pidNamespace === MACHINE_NAMESPACE && here.pidNamespace === MACHINE_NAMESPACE
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // EPERM: it is there, and somebody else's.
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH')
  }
}

/** From `/proc/<pid>/stat`, see proc_pid_stat(5); `undefined` elsewhere than on Linux, or when it is hidden. */
function statOf(pid: number): { readonly startTime: string; readonly isDead: boolean } | undefined {
  const stat = textOf(`/proc/${pid}/stat`)
  // The second field is the name in parentheses, which may hold anything; those behind it are counted from the third.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [state, threads, startTime] = [fields?.[0], fields?.[17], fields?.[19]]
  if (state === undefined || startTime === undefined) return undefined
  // Killed, and its parent has not asked: dead, unless a thread of it is still in the middle of a write.
  return { startTime, isDead: (state === 'Z' || state === 'X') && Number(threads) <= 1 }
}

function textOf(path: string): string | undefined {
  try {
    const text = readFileSync(path, 'utf8').trim()
    return text === '' ? undefined : text
  } catch {
    return undefined
  }
}

function linkOf(path: string): string | undefined {
  try {
    return readlinkSync(path)
  } catch {
    return undefined
  }
}
