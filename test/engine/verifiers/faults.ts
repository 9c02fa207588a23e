import { execSync } from 'node:child_process'
import { createSecretKey, randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { fail, flag, pass } from '@fanfold/workers'
import type { Answer, VerifyContext } from '@fanfold/workers'

/** What a task of the tests does, by name: each kind is one way to behave or misbehave. */
export interface Task {
  readonly do: keyof typeof kinds
  readonly n?: number
  readonly path?: string
}

class BillingError extends Error {
  override readonly name = 'BillingError'
  readonly code = 'E_BILLING'
  readonly customer: { id: number }
  constructor(id: number, cause: unknown) {
    super(`customer ${id} cannot be billed`, { cause })
    this.customer = { id }
  }
}

function spin(ms: number): void {
  const end = performance.now() + ms
  while (performance.now() < end);
}

const kinds = {
  pass: () => pass(),
  yes: () => true,
  no: () => false,
  flag: (n: number) => flag([{ reason: 'odd', message: `${n} is odd`, path: '/n' }, { reason: 'second' }], { n }),
  reason: () => flag('just-a-reason'),
  fail: () => fail('invalid'),
  value: (n: number) => pass({ n, big: 2n ** 70n, map: new Map([[1, new Uint8Array([1, 2])]]), at: new Date(0) }),
  nothing: () => undefined as never,
  object: () => ({ verdict: 'pass' }) as never,
  unsendable: () => pass({ f: () => 1 }),
  throw: (n: number) => {
    throw new BillingError(n, new RangeError('below zero'))
  },
  throwNull: () => {
    // oxlint-disable-next-line typescript/only-throw-error -- that is the case
    throw null
  },
  throwShared: () => {
    throw Object.assign(new Error('with shared memory'), { shared: new SharedArrayBuffer(8), kept: 1 })
  },
  throwKey: () => {
    throw Object.assign(new Error('with a key'), { key: createSecretKey(randomBytes(16)), kept: 1 })
  },
  throwHostile: () => {
    throw new Proxy(new Error('hidden'), { get: () => spinThrow() })
  },
  spin: () => {
    for (;;);
  },
  busy: (n: number) => {
    spin(n)
    return pass()
  },
  regex: () => /^(a+)+$/.test(`${'a'.repeat(40)}b`),
  never: () => new Promise<never>(() => {}),
  sleep: async (n: number) => {
    await delay(n)
    return pass(n)
  },
  spinThenSleep: async (n: number) => {
    spin(n)
    await delay(n)
    return pass()
  },
  rejects: async () => {
    await delay(1)
    throw new Error('later')
  },
  spinBetweenAwaits: async () => {
    await delay(2)
    for (;;);
  },
  microtasks: async () => {
    for (;;) await Promise.resolve()
  },
  exit: () => process.exit(7),
  native: (n: number) => {
    execSync(`sleep ${n}`)
    return pass()
  },
  /** Until somebody has opened the named pipe to write, and closed it. */
  nativeUntil: (_: number, path: string) => {
    execSync(`cat '${path}'`)
    return pass()
  },
  /** Blocks its thread, which can be ended, and costs no processor time. */
  block: (n: number) => {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, n)
    return pass()
  },
  log: (n: number) => {
    console.log(`two\nlines of ${n}`)
    return pass()
  },
  large: (n: number) => pass('x'.repeat(n)),
  largeLater: async (n: number) => {
    await delay(1)
    return pass('x'.repeat(n))
  },
  heap: () => {
    const kept: unknown[] = []
    for (;;) kept.push(Array.from({ length: 1000 }, (_, i) => ({ i })))
  },
} satisfies Record<string, (n: number, path: string) => Answer | Promise<Answer>>

function spinThrow(): never {
  throw new Error('nobody may look')
}

export default function verify(task: Task, context: VerifyContext): Answer | Promise<Answer> {
  // Honours its signal, as a good async verifier does.
  if (task.do === ('cooperative' as string)) return delay(60_000, true, { signal: context.signal })
  if (task.do === ('context' as string)) {
    const { index, line, file, attempt, config, state } = context
    return pass({ index, line, file, attempt, config, state })
  }
  return kinds[task.do](task.n ?? 0, task.path ?? '')
}
