import { Engine } from '@fanfold/core'
import type { LimitOptions, Report } from '@fanfold/core'
import type { CaseOptions, Measures, Side } from '../../bench-case.ts'
import { startService } from './service.ts'
import type { Service, ServiceAccount, ServiceTerms } from './service.ts'

const asking = new URL('./ask-service.ts', import.meta.url)
/** A task that was rejected is tried again; far more often than any will be. */
const RETRY = { retries: 1_000, baseMs: 20 } as const

/** What a run has come to, on both sides. */
export interface Asked {
  readonly limit: LimitOptions
  readonly reports: readonly Report[]
  readonly account: ServiceAccount
  /** By the monotonic clock. */
  readonly startedAtMs: number
}

export interface ServicePlan {
  readonly name: string
  readonly service: (options: CaseOptions) => ServiceTerms
  readonly limit: (options: CaseOptions, service: Service) => Promise<LimitOptions>
  /** At once, which share the tasks; one by default. */
  readonly runs?: number
  readonly measures: (asked: Asked) => Measures
}

/** Tasks that each ask a service through a limit, until all have their answer. */
export function serviceSide({ name, service: terms, limit: limitFor, runs = 1, measures }: ServicePlan): Side {
  return {
    name,
    async setup(options) {
      const service = await startService(terms(options))
      const limit = await limitFor(options, service)
      const engine = new Engine({ threads: options.threads, limits: { service: limit } })
      return {
        tasks: options.tasks,
        run: async () => {
          if (limit.adaptive === true) forget(engine, limit)
          const each = Math.ceil(options.tasks / runs)
          const startedAtMs = Number(process.hrtime.bigint()) / 1e6
          const reports = await Promise.all(Array.from({ length: runs }, () => ask(engine, service, each)))
          const pass = reports.reduce((sum, { verdicts }) => sum + verdicts.pass, 0)
          const total = reports.reduce((sum, report) => sum + report.total, 0)
          const asked = { limit, reports, account: await service.account(), startedAtMs }
          return { pass, fail: total - pass, measures: measures(asked) }
        },
        close: async () => {
          await engine.close()
          await service.close()
        },
      }
    },
  }
}

export function ask(engine: Engine, { url }: Service, tasks: number): Promise<Report> {
  const items = Array.from({ length: tasks }, (_, n) => n)
  return engine.run(asking, items, { config: { url }, concurrency: 1_000, retry: RETRY }).report()
}

/** What it has found out in the run before: a limit that is set to something else begins anew. */
function forget(engine: Engine, { concurrency = 50 }: LimitOptions): void {
  const limit = engine.limits['service']!
  limit.update({ concurrency: concurrency + 1 })
  limit.update({ concurrency })
}
