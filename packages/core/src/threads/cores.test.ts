import { availableParallelism } from 'node:os'
import { expect, test } from 'vitest'
import { availableCores, cgroupQuota } from './cores.ts'

/** Reads from a tree as it was seen on a machine. */
function tree(files: Readonly<Record<string, string>>): (path: string) => string | undefined {
  return (path) => files[path]
}

test('version 1: quota over period, of the group itself or of one above it', () => {
  const files = {
    '/proc/self/cgroup': '9:cpuset:/\n8:cpu,cpuacct:/a/b\n0::/\n',
    '/sys/fs/cgroup/cpu,cpuacct/a/b/cpu.cfs_quota_us': '-1\n',
    '/sys/fs/cgroup/cpu,cpuacct/a/b/cpu.cfs_period_us': '100000\n',
    '/sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_quota_us': '150000\n',
    '/sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_period_us': '100000\n',
  }
  expect(cgroupQuota(tree(files))).toBe(1.5)
})

test('version 2: cpu.max, the smallest of the group and those above it', () => {
  const files = {
    '/proc/self/cgroup': '0::/kubepods/pod1\n',
    '/sys/fs/cgroup/kubepods/pod1/cpu.max': '300000 100000\n',
    '/sys/fs/cgroup/kubepods/cpu.max': 'max 100000\n',
    '/sys/fs/cgroup/cpu.max': '200000 100000\n',
  }
  expect(cgroupQuota(tree(files))).toBe(2)
})

test('no quota, or no cgroups at all: what Node says', () => {
  expect(cgroupQuota(tree({ '/proc/self/cgroup': '0::/\n', '/sys/fs/cgroup/cpu.max': 'max 100000\n' }))).toBeUndefined()
  expect(cgroupQuota(tree({}))).toBeUndefined()
  expect(availableCores()).toBeGreaterThanOrEqual(1)
  expect(availableCores()).toBeLessThanOrEqual(availableParallelism())
})
