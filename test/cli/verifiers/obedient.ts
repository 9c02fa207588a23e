import { execSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { defineVerifier, fail, flag, pass } from '@fanfold/workers'
import type { Answer } from '@fanfold/workers'

/** What a record may ask for; of a CSV record or a line, all of it is its text. */
interface Order {
  readonly say?: string
  readonly sleepMs?: number
  /** Makes a file of this name when it begins. */
  readonly touch?: string
  /** Ends when there is a file of this name. */
  readonly until?: string
  /** Throws in so many attempts. */
  readonly throws?: number
  readonly config?: boolean
  readonly do?: string
}

interface Config {
  readonly failSetup?: string
  readonly echo?: boolean
}

/** Does as each record says; with the configuration's `echo`, passes with the configuration or the record. */
export default defineVerifier<Order | string, Config, Config>({
  setup({ config }) {
    if (config.failSetup !== undefined) throw new Error(config.failSetup)
    return config
  },
  async verify(item, { state, attempt }) {
    if (state.echo === true) return pass(item)
    const order: Order = typeof item === 'string' ? { do: item } : item
    if (order.config === true) return pass(state)
    if (order.say !== undefined) console.log(order.say)
    if (order.touch !== undefined) writeFileSync(order.touch, '')
    while (order.until !== undefined && !existsSync(order.until)) await delay(10)
    if (attempt <= (order.throws ?? 0)) throw new Error(`attempt ${attempt}, as asked`)
    if (order.sleepMs !== undefined) await delay(order.sleepMs)
    return obey(order)
  },
})

function obey(order: Order): Answer {
  switch (order.do) {
    case 'flag':
      return flag([{ reason: 'odd-name', message: 'a name like no other', path: '/name' }], { seen: 2 })
    case 'fail':
      return fail('too-old')
    case 'throw':
      throw Object.assign(new RangeError('as asked'), { code: 'E_ASKED' })
    case 'spin':
      for (;;);
    case 'exit':
      process.exit(9)
    case 'segfault':
      process.kill(process.pid, 'SIGSEGV')
      for (;;);
    case 'odd':
      return 42 as never // no answer, as the types would say
    case 'function':
      return pass(() => {})
    case 'native':
      // Its own streams: it lives on when this process has ended.
      execSync('sleep 60', { stdio: 'ignore' })
      return pass()
    case 'values':
      return pass({ big: 12n, map: new Map([['a', new Set([1])]]), when: new Date(0), bytes: new Uint8Array([1, 2]) })
    default:
      return pass()
  }
}
