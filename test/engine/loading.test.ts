import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { faults, tasks, tempFolder, testEngine } from './fixtures.ts'

/** Ends its thread as soon as another verifier is being set up there; once. */
const ENDS_ITS_THREAD = `
  import { appendFileSync, existsSync } from 'node:fs'
  export default {
    setup({ config: { began, claim } }) {
      setInterval(() => {
        if (!existsSync(began) || existsSync(claim)) return
        appendFileSync(claim, '')
        process.exit(3)
      }, 1)
    },
    verify: () => true,
  }
`
const SETS_UP_SLOWLY = `
  import { appendFileSync } from 'node:fs'
  export default {
    async setup({ config: { began } }) {
      appendFileSync(began, '')
      await new Promise((resolve) => setTimeout(resolve, 200))
    },
    verify: () => true,
  }
`

test('a thread that another verifier ends during a load is not the fault of the one that is loaded', async () => {
  const folder = tempFolder()
  const [culprit, innocent] = [join(folder, 'culprit.mjs'), join(folder, 'innocent.mjs')]
  writeFileSync(culprit, ENDS_ITS_THREAD)
  writeFileSync(innocent, SETS_UP_SLOWLY)
  const config = { began: join(folder, 'began'), claim: join(folder, 'claim') }
  const engine = testEngine({ threads: 1 })
  const first = engine.load<number>(culprit, { config })
  await first.ready
  const second = engine.load<number>(innocent, { config })
  await second.ready
  for (const loaded of [first, second]) {
    expect(await loaded.run([1, 2, 3]).report()).toMatchObject({ result: 'succeeded', warnings: [] })
  }
})

test('a verifier that ends every thread in which it is loaded is found out, and those beside it go on', async () => {
  const culprit = join(tempFolder(), 'culprit.mjs')
  writeFileSync(culprit, 'process.exit(3)')
  const engine = testEngine({ threads: 1 })
  const innocent = engine.load<object>(faults)
  await innocent.ready
  await expect(engine.load(culprit).ready).rejects.toMatchObject({
    code: 'FANFOLD_VERIFIER_LOAD_FAILED',
    message: expect.stringContaining(culprit) as string,
  })
  expect(await innocent.run(tasks(100)).report()).toMatchObject({ result: 'succeeded', threadsReplaced: 0 })
})
