import { defineVerifier, fail, flag, pass } from '@fanfold/workers'

const BUSY_MS = 0.2

/** Takes its time, and comes to every verdict; some records it throws at, unless it is told that it was mended. */
export default defineVerifier<{ readonly n: number }, { readonly mended?: boolean }>({
  verify({ n }, { config }) {
    const end = performance.now() + BUSY_MS
    while (performance.now() < end);
    if (n % 97 === 1 && config.mended !== true) throw new RangeError(`${n} is not to my liking`)
    if (n % 10 === 3) return flag('odd', { seen: n })
    return n % 11 === 4 ? fail('too-old') : pass()
  },
})
