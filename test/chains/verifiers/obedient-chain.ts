import { setTimeout as delay } from 'node:timers/promises'
import { chain, check, fail, flag, pass } from '@fanfold/workers'
import type { Answer, VerifyContext } from '@fanfold/workers'

/** What each check of a task is to do; without a word it passes. */
export interface Orders {
  readonly n: number
  readonly parse?: Order
  readonly schema?: Order
  readonly signature?: Order
  readonly crm?: Order
  readonly billing?: Order
  readonly decide?: Order
}

export type Order =
  | 'value'
  | 'flag'
  | 'fail'
  | 'throw'
  | 'throwOnce'
  | 'unsendable'
  | 'spin'
  | 'exit'
  | 'exitOnce'
  | 'heap'
  | 'never'
  | 'wait'
  | 'rejects'

/** Tells what it was given, and how often it has been called for the task in this process: once, unless something died. */
async function obey(order: Order, n: number, { attempt, signal }: VerifyContext): Promise<Answer> {
  await delay(1)
  if (order === 'never') await delay(1e9, undefined, { ref: false, signal })
  if (order === 'wait') await delay(30, undefined, { signal })
  if (order === 'rejects') throw Object.assign(new Error(`rejected ${n}`), { code: 'OWN' })
  return obeyAtOnce(order, n, attempt)
}

function obeyAtOnce(order: Order | undefined, n: number, attempt: number): Answer {
  switch (order) {
    case 'value':
      return pass({ n, attempt })
    case 'flag':
      return flag('odd', { n })
    case 'fail':
      return fail([{ reason: 'wrong', path: '/n' }])
    case 'throw':
      throw Object.assign(new Error(`thrown for ${n}`), { code: 'OWN' })
    case 'throwOnce':
      if (attempt === 1) throw new Error('once')
      return pass(attempt)
    case 'unsendable':
      return pass(() => n)
    case 'spin':
      for (;;);
    case 'exit':
      process.exit(3)
    case 'exitOnce':
      if (attempt === 1) process.exit(3)
      return pass(attempt)
    case 'heap': {
      const kept: string[][] = []
      for (;;) kept.push(Array.from({ length: 10_000 }, (_, i) => `${kept.length} ${i}`))
    }
    default:
      return pass()
  }
}

function sync(name: keyof Orders): (item: Orders, context: VerifyContext) => Answer {
  return (item, { attempt }) => obeyAtOnce(item[name] as Order | undefined, item.n, attempt) // n is no check
}

function asyncOne(name: keyof Orders): (item: Orders, context: VerifyContext) => Promise<Answer> {
  return (item, context) => obey((item[name] as Order | undefined) ?? 'value', item.n, context) // as above
}

/** What the checks before it came to. */
function decide(item: Orders, { checks, attempt }: VerifyContext): Answer {
  if (item.decide !== undefined) return obeyAtOnce(item.decide, item.n, attempt)
  return pass(Object.fromEntries(Object.entries(checks).map(([name, it]) => [name, it?.verdict ?? it?.status])))
}

export default chain<Orders>([
  { parse: sync('parse') },
  { schema: sync('schema'), signature: sync('signature') },
  {
    crm: check(asyncOne('crm'), { goOnAfter: ['pass', 'flag', 'errored', 'timedOut', 'crashed'] }),
    billing: asyncOne('billing'),
  },
  decide,
])
