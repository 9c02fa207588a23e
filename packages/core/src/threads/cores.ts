import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'

/**
 * How many threads this process can keep busy: what Node says, lowered to the quota of its cgroup. Seen with Node 24
 * (libuv 1.52): a quota of half a core in a cgroup of version 1 leaves `availableParallelism()` at 2. A part of a
 * core counts as one, as in Go 1.25: a thread that is throttled now and then still does more than none.
 */
export function availableCores(): number {
  const quota = cgroupQuota(readText)
  return Math.max(1, Math.min(availableParallelism(), quota === undefined ? Infinity : Math.ceil(quota)))
}

/** The smallest CPU quota, in cores, of this process's cgroup and those above it; `undefined` where there is none. */
export function cgroupQuota(read: (path: string) => string | undefined): number | undefined {
  const quotas: number[] = []
  for (const line of (read('/proc/self/cgroup') ?? '').split('\n')) {
    const [, controllers, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? []
    if (controllers === undefined || path === undefined) continue
    const isV2 = controllers === ''
    if (!isV2 && !controllers.split(',').includes('cpu')) continue
    const mounts = isV2
      ? ['/sys/fs/cgroup', '/sys/fs/cgroup/unified']
      : ['/sys/fs/cgroup/cpu', '/sys/fs/cgroup/cpu,cpuacct']
    for (const mount of mounts) {
      for (const folder of ancestors(path)) {
        const quota = isV2 ? quotaV2(read(`${mount}${folder}/cpu.max`)) : quotaV1(read, `${mount}${folder}`)
        if (quota !== undefined) quotas.push(quota)
      }
    }
  }
  return quotas.length === 0 ? undefined : Math.min(...quotas)
}

/** `/a/b` gives `/a/b`, `/a` and `` (the root: inside a container it is where the container's own quota shows). */
function ancestors(path: string): string[] {
  const parts = path.split('/').filter((part) => part !== '')
  return parts.map((_, i) => `/${parts.slice(0, parts.length - i).join('/')}`).concat('')
}

function quotaV2(text: string | undefined): number | undefined {
  const [quota, period] = (text ?? '').trim().split(' ').map(Number)
  return toCores(quota, period)
}

function quotaV1(read: (path: string) => string | undefined, folder: string): number | undefined {
  const quota = read(`${folder}/cpu.cfs_quota_us`)
  return quota === undefined ? undefined : toCores(Number(quota), Number(read(`${folder}/cpu.cfs_period_us`)))
}

/** `max` and -1 mean that there is no quota. */
function toCores(quota: number | undefined, period: number | undefined): number | undefined {
  return quota !== undefined && period !== undefined && quota > 0 && period > 0 ? quota / period : undefined
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
