import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { isProvablyDead, thisProcess } from './process-identity.ts'

const here = thisProcess()
/** No process has it: the kernel gives none above. */
const NO_PID = 2 ** 22 + 1

test('this process is not dead', () => {
  expect(isProvablyDead(here)).toBe(false)
})

test('a process that is not there is dead', () => {
  expect(isProvablyDead({ ...here, pid: NO_PID })).toBe(true)
})

test('a process id that is used again is another process', () => {
  expect(isProvablyDead({ ...here, startTime: '1' })).toBe(true)
})

test('of a process in doubt nothing is proven', () => {
  const doubtful = [
    { ...here, pid: NO_PID, host: 'elsewhere' },
    { ...here, pid: NO_PID, pidNamespace: 'pid:[1]' },
    { ...here, startTime: undefined },
    // Another machine of the same name.
    { ...here, boot: 'another', machine: 'another' },
    { ...here, boot: 'another', machine: undefined },
    // A container, which may have moved.
    { ...here, boot: 'another', pidNamespace: 'pid:[1]' },
  ]
  expect(doubtful.map(isProvablyDead)).toEqual(doubtful.map(() => false))
})

test.runIf(here.machine !== undefined && here.pidNamespace === 'pid:[4026531836]')(
  'nothing of before a restart of the machine is alive',
  () => {
    expect(isProvablyDead({ ...here, boot: 'before' })).toBe(true)
  },
)

test('a process that was killed, and whose parent has not asked for it, is dead', async () => {
  // The shell goes on without waiting for its child, which stays a zombie.
  const parent = spawn('bash', ['-c', 'sleep 1000 & echo $!; exec sleep 1000'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [printed] = (await once(parent.stdout, 'data')) as [Buffer]
  const pid = Number(printed.toString())
  // As long as it is a shell it asks for its children, and of this one nothing would be left.
  while (readFileSync(`/proc/${parent.pid}/comm`, 'utf8') !== 'sleep\n') await new Promise(setImmediate)
  process.kill(pid, 'SIGKILL')
  while (!isProvablyDead({ ...here, pid, startTime: startTimeOf(pid) })) await new Promise(setImmediate)
  expect(startTimeOf(pid)).toBeDefined()
  parent.kill('SIGKILL')
  await once(parent, 'exit')
})

function startTimeOf(pid: number): string | undefined {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
}
