import { FAULTS } from '../drill/faults.ts'
import type { Fault } from '../drill/faults.ts'
import type { OptionSpec } from './option-spec.ts'
import { count, someOf } from './values.ts'
import { VERIFY_OPTIONS } from './verify-options.ts'
import type { VerifyOptions } from './verify-options.ts'

type Shared =
  | 'with'
  | 'config'
  | 'set'
  | 'format'
  | 'maxRecord'
  | 'threads'
  | 'concurrency'
  | 'timeout'
  | 'threadMemory'
  | 'pool'
  | 'limits'
  | 'limitOf'
  | 'verbose'

/** The options of `fanfold drill`, as they are after parsing. */
export interface DrillOptions extends Pick<VerifyOptions, Shared> {
  readonly sample: number
  readonly at?: number
  readonly faults?: readonly Fault[]
}

type Table = { readonly [Name in keyof DrillOptions]-?: OptionSpec<NonNullable<DrillOptions[Name]>> }

const INPUT = VERIFY_OPTIONS.format.group
const FAULTS_GROUP = 'Faults'

/** Every option of `fanfold drill`, in the order of the help. */
export const DRILL_OPTIONS: Table = {
  with: VERIFY_OPTIONS.with,
  config: VERIFY_OPTIONS.config,
  set: VERIFY_OPTIONS.set,
  format: VERIFY_OPTIONS.format,
  maxRecord: VERIFY_OPTIONS.maxRecord,
  sample: {
    flags: '--sample <n>',
    group: INPUT,
    description: 'drill with the first n records',
    parse: count,
    default: 1_000,
    defaultText: '1000',
  },
  faults: {
    flags: '--faults <list>',
    group: FAULTS_GROUP,
    description: `which: a list of ${FAULTS.join(',')}`,
    parse: someOf(FAULTS),
    defaultText: 'all',
  },
  at: {
    flags: '--at <n>',
    group: FAULTS_GROUP,
    description: 'to which record they are done: the nth',
    parse: count,
    defaultText: 'the one in the middle',
  },
  threads: VERIFY_OPTIONS.threads,
  concurrency: VERIFY_OPTIONS.concurrency,
  timeout: {
    ...VERIFY_OPTIONS.timeout,
    description: 'for each record, and so how long one takes that hangs: 500ms, 2s, 1m',
    defaultText: 'ten times the slowest, at least 1s',
  },
  threadMemory: { ...VERIFY_OPTIONS.threadMemory, defaultText: '256mb' },
  pool: VERIFY_OPTIONS.pool,
  limits: VERIFY_OPTIONS.limits,
  limitOf: VERIFY_OPTIONS.limitOf,
  verbose: VERIFY_OPTIONS.verbose,
}
