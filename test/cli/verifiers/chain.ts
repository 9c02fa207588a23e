/** Numbers: those that end in 7 fail at once, odd ones are flagged. */
import { chain, fail, flag, pass } from '@fanfold/workers'
import type { Answer, VerifyContext } from '@fanfold/workers'

interface Numbered {
  readonly n: number
}

function parse({ n }: Numbered): Answer {
  return n % 10 === 7 ? fail('seven') : pass(n)
}

function even(_item: Numbered, { checks }: VerifyContext): Answer {
  return Number(checks['parse']?.value) % 2 === 0 ? pass() : flag('odd')
}

async function whole({ n }: Numbered): Promise<Answer> {
  await Promise.resolve()
  return Number.isInteger(n)
}

export default chain<Numbered>([parse, { even, whole }])
