import { chain, pass } from '@fanfold/workers'
import type { Answer, VerifyContext } from '@fanfold/workers'

const first = (n: number): Answer => pass({ n, list: [n] })

/** Does to the first one's value what nobody should. */
function second(n: number, { checks }: VerifyContext): Answer {
  const value = checks['first']!.value as { n: number; list: unknown[]; own?: unknown } // made by the one before
  value.n = -1
  value.list.push(() => n)
  return pass({ seen: value.list.length })
}

export default chain([first, second])
