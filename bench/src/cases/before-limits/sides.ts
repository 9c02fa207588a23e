import type { Engine, LoadedVerifier, ndjson } from '@fanfold/core'
import type { CaseOptions, RunResult, Side } from '../../bench-case.ts'
import { awaitReport } from '../../sides/fanfold-side.ts'
import { customersFile } from '../ndjson-json-schema/customers.ts'
import { makeIbans } from '../strings-iban/iban.ts'
import { earlierVersion } from './earlier-version.ts'

/** Of a version's public entry point, what these sides use: it has not changed since. */
interface Core {
  readonly Engine: new (options: { readonly threads: number }) => Engine
  readonly ndjson: typeof ndjson
}

/** The last commit before limits, and what of chains came after them. */
const before = earlierVersion('7dfeaa0ddce824c02d7a315528a1fbb4f96fd995')
export const buildBefore = (): void => {
  if (before.missing() === undefined) before.build()
}

const VERSIONS = [
  { name: 'fanfold, before limits', core: before.core.href },
  { name: 'fanfold, now', core: import.meta.resolve('@fanfold/core') },
] as const

/** Sets up what is run, before the clock. */
type Work = (core: Core, engine: Engine, options: CaseOptions) => Promise<() => Promise<RunResult>>

export const ndjsonSides: [Side, Side] = sidesOf(async ({ ndjson }, engine, { tasks }) => {
  const path = await customersFile(tasks)
  const customers = await loaded(engine, new URL('./verify-customer.ts', import.meta.url))
  return () => awaitReport(customers.run(ndjson(path)))
})

export const stringSides: [Side, Side] = sidesOf(async (_, engine, { tasks }) => {
  const texts = makeIbans(tasks)
  const ibans = await loaded(engine, new URL('../strings-iban/verify-iban.ts', import.meta.url))
  return () => awaitReport(ibans.run(texts))
})

async function loaded(engine: Engine, verifier: URL): Promise<LoadedVerifier> {
  const loading = engine.load(verifier)
  await loading.ready
  return loading
}

function sidesOf(work: Work): [Side, Side] {
  const [first, second] = VERSIONS.map(({ name, core: url }): Side => ({
    name,
    // One of them alone says nothing.
    missing: before.missing,
    async setup(options) {
      const core = (await import(url)) as Core // a version of @fanfold/core
      const engine = new core.Engine({ threads: options.threads })
      const run = await work(core, engine, options)
      return { tasks: options.tasks, run, close: async () => void (await engine.close()) }
    },
  }))
  return [first!, second!]
}
