import { fstatSync, readSync, writeSync } from 'node:fs'
import { FIRST_SLOT } from '@fanfold/workers/protocol'
import { expect, onTestFinished, test } from 'vitest'
import { MAX_RECORD_BYTES, RECORDS_AT, openLaneFile } from './lane-file.ts'
import type { LaneFile } from './lane-file.ts'

function open(): LaneFile {
  const file = openLaneFile()!
  onTestFinished(() => file.close())
  return file
}

test('what is running is read from the slots, and a file that is empty has none', () => {
  const file = open()
  expect(file.running(4)).toEqual([])
  writeSync(file.descriptor, new Int32Array([8]), 0, 4, (FIRST_SLOT + 2) * 4)
  writeSync(file.descriptor, new Int32Array([1]), 0, 4, FIRST_SLOT * 4)
  expect(file.running(4)).toEqual([0, 7])
  expect(file.running(1)).toEqual([0])
})

test('records lie behind the slots, and too many of them are refused', () => {
  const file = open()
  const read = new Uint8Array(3)
  expect(file.put(new Uint8Array([1, 2, 3]))).toBe(true)
  readSync(file.descriptor, read, 0, 3, RECORDS_AT)
  expect([...read]).toEqual([1, 2, 3])
  expect(file.running(4096)).toEqual([])
  expect(file.put(new Uint8Array(MAX_RECORD_BYTES + 1))).toBe(false)
})

test('the file has no name', () => {
  expect(fstatSync(open().descriptor).nlink).toBe(0)
})
