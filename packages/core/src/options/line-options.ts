import type { LineSettings, OutcomeKind } from '@fanfold/workers/lines'
import { STATUSES, VERDICTS } from '@fanfold/workers/protocol'
import { FanfoldError } from '../errors.ts'
import { checkOptions } from './check-options.ts'

/** Which outcomes become lines, and what stands in them: see docs/command-line.md. */
export interface LineOptions {
  /**
   * The outcomes that are written: by their verdict (`pass`, `flag`, `fail`), or by the status of those that have none
   * (`errored`, `timedOut`, `crashed`, `aborted`). @defaultValue all
   */
  readonly only?: readonly OutcomeKind[]
  /** Beside which of them the record stands; `'attention'`: all but passes. @defaultValue 'attention' */
  readonly include?: 'none' | 'attention' | 'all'
  /** Whether lines have `durationMs`. Without it, they can be compared with those of another run. @defaultValue true */
  readonly timings?: boolean
}

const KINDS: readonly string[] = [...VERDICTS, ...STATUSES.filter((status) => isAlone(status))]
const INCLUDES: readonly string[] = ['none', 'attention', 'all']
const OPTIONS: readonly string[] = ['only', 'include', 'timings']

/** Of a completed task the verdict is asked for, and no task is skipped so far. */
function isAlone(status: string): boolean {
  return status !== 'completed' && status !== 'skipped'
}

/** @throws {FanfoldError} `FANFOLD_BAD_OPTION` */
export function resolveLineOptions(options: LineOptions): LineSettings {
  checkOptions('toNdjson()', options, OPTIONS)
  const { only, include = 'attention', timings = true } = options
  if (only !== undefined && !Array.isArray(only)) refuseNoList(only)
  for (const kind of only ?? []) if (!KINDS.includes(kind)) refuse('only', kind, KINDS)
  if (!INCLUDES.includes(include)) refuse('include', include, INCLUDES)
  if (typeof timings !== 'boolean') refuse('timings', timings, ['true', 'false'])
  return { only: only === undefined ? undefined : [...only], include, timings }
}

function refuseNoList(only: unknown): never {
  const isKind = typeof only === 'string' && KINDS.includes(only)
  throw new FanfoldError(
    'FANFOLD_BAD_OPTION',
    `only is ${isKind ? `'${only}'` : String(only)}: give a list, as ['${isKind ? only : 'fail'}']. Known are ${KINDS.join(', ')}.`,
  )
}

function refuse(name: string, value: unknown, known: readonly string[]): never {
  const given = typeof value === 'string' ? `'${value}'` : String(value)
  throw new FanfoldError('FANFOLD_BAD_OPTION', `${name}: ${given} is not known. Known are ${known.join(', ')}.`)
}
