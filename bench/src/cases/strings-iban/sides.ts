import { Engine } from '@fanfold/core'
import type { LoadedVerifier } from '@fanfold/core'
import type { CaseOptions, Counts, ReadySide, Side } from '../../bench-case.ts'
import { countIbans, makeIbans } from './iban.ts'

const FAIL = 2

export const oneLoop: Side = {
  name: 'one loop',
  async setup({ tasks }: CaseOptions): Promise<ReadySide> {
    const texts = makeIbans(tasks)
    return { tasks, run: async () => countIbans(texts), close: async () => {} }
  },
}

export const fanfoldReport: Side = fanfoldSide('fanfold report', async (ibans, texts) => {
  const { verdicts } = await ibans.run(texts).report()
  return verdicts
})

/** The same, but the consumer looks at each verdict. */
export const fanfoldBatches: Side = fanfoldSide('fanfold batches', async (ibans, texts) => {
  let tasks = 0
  let fail = 0
  for await (const { length, verdicts } of ibans.run(texts).batches()) {
    tasks += length
    for (let i = 0; i < length; i++) if (verdicts[i] === FAIL) fail++
  }
  return { pass: tasks - fail, fail }
})

function fanfoldSide(
  name: string,
  count: (ibans: LoadedVerifier<string>, texts: readonly string[]) => Promise<Counts>,
): Side {
  return {
    name,
    async setup({ tasks, threads }: CaseOptions): Promise<ReadySide> {
      const texts = makeIbans(tasks)
      const engine = new Engine({ threads })
      const ibans = engine.load<string>(new URL('./verify-iban.ts', import.meta.url))
      await ibans.ready
      return { tasks, run: () => count(ibans, texts), close: async () => void (await engine.close()) }
    },
  }
}
