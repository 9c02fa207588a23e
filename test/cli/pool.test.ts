import { afterAll, expect, test } from 'vitest'
import { Workplace, numbers } from './testing/fanfold.ts'

const place = new Workplace()
afterAll(() => place.remove())

test('--pool processes: a record that crashes its process is crashed, and all others are verified', async () => {
  place.ndjson('a.ndjson', [...numbers(50), { do: 'segfault' }, ...numbers(50)])
  const options = ['--threads', '2', '--pool', 'processes', '--summary', 's.json', '--out', 'o.ndjson']
  const { code, signal } = await place.verify('a.ndjson', ...options)
  expect({ code, signal }).toEqual({ code: 3, signal: null })
  expect(JSON.parse(place.read('s.json'))).toMatchObject({ total: 101, statuses: { completed: 100, crashed: 1 } })
  expect(place.lines('o.ndjson')[50]).toMatchObject({
    index: 50,
    status: 'crashed',
    error: { message: expect.stringContaining('SIGSEGV') as string },
  })
})

test('a pool that does not exist is refused', async () => {
  const { code, stderr } = await place.verify('a.ndjson', '--pool', 'fibers')
  expect(code).toBe(2)
  expect(stderr).toContain("--pool is 'fibers'. Give threads or processes.")
})

test('processes that cannot be started are exit 2, and say what to look at', async () => {
  place.ndjson('few.ndjson', numbers(3))
  const { code, stderr } = await place.shell(
    'ulimit -n 24; fanfold verify few.ndjson --with "$OBEDIENT" --pool processes --threads 2',
  )
  expect([code, stderr]).toEqual([2, expect.stringContaining('a process could not be started: ')])
  expect(stderr).toContain('Check the limits on processes, open files and memory')
})
