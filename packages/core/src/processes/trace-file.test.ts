import { fstatSync, writeSync } from 'node:fs'
import { FIRST_SLOT } from '@fanfold/workers/protocol'
import { expect, test } from 'vitest'
import { TraceFile } from './trace-file.ts'

test('what is running is read from the slots, and a file that is empty has none', () => {
  const file = new TraceFile()
  expect(file.running(4)).toEqual([])
  writeSync(file.descriptor, new Int32Array([8]), 0, 4, (FIRST_SLOT + 2) * 4)
  writeSync(file.descriptor, new Int32Array([1]), 0, 4, FIRST_SLOT * 4)
  expect(file.running(4)).toEqual([0, 7])
  expect(file.running(1)).toEqual([0])
  file.close()
})

test('the file has no name', () => {
  const file = new TraceFile()
  expect(fstatSync(file.descriptor).nlink).toBe(0)
  file.close()
})
