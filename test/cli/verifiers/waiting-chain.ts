/** Checks that do nothing but wait. */
import { setTimeout as delay } from 'node:timers/promises'
import { chain } from '@fanfold/workers'

function waits(ms: number) {
  return async (): Promise<boolean> => {
    await delay(ms)
    return true
  }
}

export default chain([{ short: waits(10), long: waits(40) }, { last: waits(20) }])
