import { serialisePlain, withoutStop } from '@fanfold/workers/protocol'
import type { FoldSettings } from '@fanfold/workers/protocol'
import { FanfoldError } from '../errors.ts'
import { checkOptions } from './check-options.ts'
import { duration } from './check-values.ts'
import { kindOf, moduleUrl } from './module-url.ts'

const DEFAULT_START_MS = 30_000
const DEFAULT_TIMEOUT_MS = 30_000

/** Options of {@link Run.reduce}. */
export interface ReduceOptions<Config = unknown> {
  /** Each function of the reducer is given a copy. Plain data; it goes along with every shard. @defaultValue `{}` */
  readonly config?: Config
  /** How long importing its module may take; 1 to 2,147,483,647 ms, `Infinity` is off. @defaultValue 30,000 */
  readonly startTimeoutMs?: number
  /**
   * How long one call of `combine` may take, in ms as above. A `step` is in its task's own time (`timeoutMs` of the run).
   * @defaultValue 30,000
   */
  readonly timeoutMs?: number
}

/** A reducer, as it was asked for. */
export interface ResolvedReduction extends Pick<FoldSettings, 'url' | 'config' | 'startTimeoutMs'> {
  readonly timeoutMs: number
}

/** @throws {FanfoldError} `FANFOLD_REDUCER_NOT_A_MODULE`, `FANFOLD_BAD_OPTION`, `FANFOLD_NOT_CLONEABLE` */
export function resolveReduction(reducer: unknown, options: ReduceOptions): ResolvedReduction {
  checkOptions('reduce()', options, ['config', 'startTimeoutMs', 'timeoutMs'])
  const url = moduleUrl(reducer)
  if (url === undefined) {
    throw new FanfoldError(
      'FANFOLD_REDUCER_NOT_A_MODULE',
      `the reducer has to be the URL of a module, and is ${kindOf(reducer)}: functions cannot be sent to a thread. Move { init, step, combine } to a file of its own, \`export default defineReducer(…)\` there, and give new URL('./that-file.ts', import.meta.url).`,
    )
  }
  return {
    url,
    config: configBytes(options.config ?? {}),
    startTimeoutMs: duration('startTimeoutMs', options.startTimeoutMs, DEFAULT_START_MS),
    timeoutMs: duration('timeoutMs', options.timeoutMs, DEFAULT_TIMEOUT_MS),
  }
}

function configBytes(config: unknown): Uint8Array {
  try {
    return serialisePlain(config)
  } catch (cause) {
    const why = withoutStop(cause instanceof Error ? cause.message : String(cause))
    throw new FanfoldError('FANFOLD_NOT_CLONEABLE', `config cannot be sent to a thread: ${why}. Use plain data.`, {
      cause,
    })
  }
}
