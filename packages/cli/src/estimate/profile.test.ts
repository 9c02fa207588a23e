import { expect, test } from 'vitest'
import { activitiesOf } from './profile.ts'
import type { Profile } from './profile.ts'

const folder = (name: string): string => new URL('./', import.meta.resolve(name)).href
const WORKERS = folder('@fanfold/workers')
const CORE = folder('@fanfold/core')

type Frame = [functionName: string, url: string]

/** A thread whose samples, one a ms, were each at the end of such a stack, the outermost first. */
function profileOf(...stacks: readonly (readonly Frame[])[]): Profile {
  const nodes: { id: number; callFrame: { functionName: string; url: string }; children: number[] }[] = []
  const add = (functionName: string, url: string): number => {
    nodes.push({ id: nodes.length + 1, callFrame: { functionName, url }, children: [] })
    return nodes.length
  }
  const root = add('(root)', '')
  const samples = stacks.map((stack) => {
    let at = root
    for (const [functionName, url] of stack) {
      const child = add(functionName, url)
      nodes[at - 1]?.children.push(child)
      at = child
    }
    return at
  })
  return { nodes, samples, timeDeltas: [0, ...samples.map(() => 1000)] }
}

const LOOP: Frame = ['#start', `${WORKERS}thread/shard-loop.js`]
const ITEM: Frame = ['item', `${WORKERS}thread/text-records.js`]
const PARSE: Frame = ['parse', '']
const VERIFY: Frame = ['verify', 'file:///home/me/verify.ts']

test('native code belongs to whoever calls it', () => {
  const { parse, verify } = activitiesOf(profileOf([LOOP, ITEM, PARSE], [LOOP, VERIFY, PARSE]))
  expect({ parse, verify }).toEqual({ parse: 1, verify: 1 })
})

test('what the verifier calls is verifying, whose ever it is', () => {
  const pass: Frame = ['pass', `${WORKERS}verdict.js`]
  const library: Frame = ['validate', 'file:///home/me/node_modules/ajv/dist/ajv.js']
  const crypto: Frame = ['verify', 'node:internal/crypto/sig']
  const { verify } = activitiesOf(
    profileOf([LOOP, VERIFY, pass], [LOOP, VERIFY, library], [LOOP, VERIFY, crypto, ['verifyOneShot', '']]),
  )
  expect(verify).toBe(3)
})

test("Fanfold's own files are for what they are for", () => {
  const own = activitiesOf(
    profileOf(
      [['read', `${CORE}sources/file-input.js`]],
      [['#cut', `${CORE}sources/text-reader.js`]],
      [LOOP, ['cutRecords', `${WORKERS}cut-records.js`]],
      [['apply', `${CORE}coordinator/coordinator.js`]],
      [['add', `${CORE}report/account.js`]],
      [LOOP],
      [['next', `${CORE}merge/outbox.js`]],
    ),
  )
  expect(own).toMatchObject({ read: 1, cut: 2, dispatch: 2, merge: 2, verify: 0, parse: 0 })
})

test('waiting, loading modules, and what is before and after the run is not counted', () => {
  const sums = activitiesOf(
    profileOf(
      [['(program)', '']],
      [['importModule', 'node:internal/modules/esm/loader'], VERIFY],
      [['(garbage collector)', '']],
      [LOOP, VERIFY],
      [['(idle)', '']],
      [['(garbage collector)', '']],
      [['(program)', '']],
      [LOOP, VERIFY],
      [['(program)', '']],
    ),
  )
  expect(sums).toMatchObject({ verify: 2, collection: 1, other: 1, dispatch: 0 })
})

test('a thread that did nothing has done nothing', () => {
  for (const ms of Object.values(activitiesOf(profileOf([['(program)', '']], [['(idle)', '']])))) expect(ms).toBe(0)
})
