/** `fanfold <file> <threads>`: the README's first program. Prints the counts. */
import { Engine, ndjson } from '@fanfold/core'

const engine = new Engine({ threads: Number(process.argv[3]) })
try {
  const run = engine.run(new URL('./verify-claim.ts', import.meta.url), ndjson(process.argv[2] ?? ''))
  const { verdicts } = await run.report()
  console.log(JSON.stringify({ pass: verdicts.pass, fail: verdicts.fail }))
} finally {
  await engine.close()
}
