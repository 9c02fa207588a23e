import { appendFileSync } from 'node:fs'
import { threadId } from 'node:worker_threads'
import { defineVerifier, pass } from '@fanfold/workers'

interface Config {
  readonly log: string
  readonly failSetupOn?: 'all' | 'first'
  readonly claim?: string
  readonly failTeardown?: boolean
}

/** Writes down what is called, in which thread. */
export default defineVerifier<number, Config, { readonly opened: number }, number>({
  setup({ config }) {
    appendFileSync(config.log, `setup ${threadId}\n`)
    if (config.failSetupOn === 'all') throw new Error('no database here')
    if (config.failSetupOn === 'first' && isFirst(config.claim!)) throw new Error('no database here')
    return { opened: threadId }
  },
  verify(item, { state, config }) {
    if (state.opened !== threadId) throw new Error('the state of another thread')
    appendFileSync(config.log, `verify ${threadId}\n`)
    return pass(item * 2)
  },
  teardown(state, { config }) {
    appendFileSync(config.log, `teardown ${state.opened}\n`)
    if (config.failTeardown === true) throw new Error('cannot close')
  },
})

/** Only one thread can make the file. */
function isFirst(claim: string): boolean {
  try {
    appendFileSync(claim, '', { flag: 'ax' })
    return true
  } catch {
    return false
  }
}
