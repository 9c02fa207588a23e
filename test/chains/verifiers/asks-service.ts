import { setTimeout as delay } from 'node:timers/promises'
import { chain, pass } from '@fanfold/workers'
import type { Answer, VerifyContext } from '@fanfold/workers'

let atOnce = 0

async function ask(name: string, { limit }: VerifyContext): Promise<Answer> {
  const most = await limit(name, async () => {
    atOnce++
    const seen = atOnce
    await delay(3)
    atOnce--
    return seen
  })
  return pass(most)
}

/** Two checks side by side, through one limit; each tells how many calls of this thread were under way. */
export default chain([
  {
    crm: (_item: unknown, context: VerifyContext) => ask('service', context),
    billing: (_item: unknown, context: VerifyContext) => ask('service', context),
  },
])
