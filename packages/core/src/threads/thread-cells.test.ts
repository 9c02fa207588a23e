import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { CURRENT, RESTING, cellOf } from '@fanfold/workers/protocol'
import { expect, onTestFinished, test } from 'vitest'
import { ThreadCells } from './thread-cells.ts'

/** Passes the gate for one position after the other, as the shard loop does, and counts how many it has started. */
const STARTS = `
  const { parentPort, workerData } = require('node:worker_threads')
  const cells = new Int32Array(workerData.cells)
  const started = new Int32Array(workerData.started)
  parentPort.on('message', ({ gate, tasks }) => {
    started[0] = 0
    let position = 0
    for (; position < tasks; position++) {
      if (Atomics.compareExchange(cells, gate, position, position + 1) !== position) break
      started[0] = position + 1
      Atomics.add(started, 1, 1) // so that the main thread sees it begin
    }
    parentPort.postMessage(started[0])
  })
`

test('whenever a gate is closed, what was started is exactly what lies before the answer', async () => {
  const cells = new ThreadCells()
  const started = new SharedArrayBuffer(8)
  const seen = new Int32Array(started)
  const thread = new Worker(STARTS, { eval: true, workerData: { cells: cells.buffer, started } })
  onTestFinished(async () => void (await thread.terminate()))
  const froms = new Set<number>()
  for (let round = 0; round < 150; round++) {
    const gate = cells.openGate()
    const before = Atomics.load(seen, 1)
    const ended = once(thread, 'message')
    thread.postMessage({ gate, tasks: 1_000_000 })
    // Now and then before it has begun; else after some have started.
    const wanted = round % 10 === 0 ? 0 : 1 + (round % 50)
    while (Atomics.load(seen, 1) - before < wanted);
    const from = cells.stop(gate)
    froms.add(from)
    expect((await ended)[0]).toBe(from)
  }
  expect(froms.size).toBeGreaterThan(10)
})

test('a gate that is closed before its assignment is begun lets nothing through, and the other one stays open', () => {
  const cells = new ThreadCells()
  const first = cells.openGate()
  cells.begin({ assignment: 1, concurrency: 1, checks: 1 }, first)
  const second = cells.openGate()
  expect(second).not.toBe(first)
  expect(cells.stop(second)).toBe(0)
  const view = new Int32Array(cells.buffer)
  expect(Atomics.compareExchange(view, second, 0, 1)).not.toBe(0)
  expect(Atomics.compareExchange(view, first, 0, 1)).toBe(0)
  cells.begin({ assignment: 2, concurrency: 1, checks: 1 }, second) // the first one has ended
  expect(cells.openGate()).toBe(first)
  expect(Atomics.load(view, first)).toBe(0)
})

test('the gate of what runs is left alone, also after one was opened for an assignment that could not be sent', () => {
  const cells = new ThreadCells()
  const view = new Int32Array(cells.buffer)
  const running = cells.openGate()
  cells.begin({ assignment: 1, concurrency: 1, checks: 1 }, running)
  Atomics.store(view, running, 5)
  for (let tried = 0; tried < 3; tried++) expect(cells.openGate()).not.toBe(running)
  expect(cells.stop(running)).toBe(5)
})

test('what runs is told of the assignment that was asked about, and of no other', () => {
  const cells = new ThreadCells()
  const view = new Int32Array(cells.buffer)
  const gate = cells.openGate()
  cells.begin({ assignment: 7, concurrency: 2, checks: 1 }, gate)
  expect(cells.running()).toEqual([]) // the thread has not begun it
  view[CURRENT] = cellOf(7)
  view[gate] = 5
  expect(cells.running()).toEqual([]) // it rests
  view[RESTING] = 0
  expect(cells.running()).toEqual([4])
  cells.stop(gate)
  expect(cells.running()).toEqual([4])
  view[CURRENT] = cellOf(8)
  expect(cells.running()).toEqual([])
})
