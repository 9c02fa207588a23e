import type { OptionSpec } from './option-spec.ts'
import { count, duration, text } from './values.ts'
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
  | 'limits'
  | 'limitOf'
  | 'progress'
  | 'verbose'

/** The options of `fanfold plan`, as they are after parsing. */
export interface PlanOptions extends Pick<VerifyOptions, Shared> {
  readonly sample: number
  /** ms */
  readonly budget: number
  readonly json?: string
}

type Table = { readonly [Name in keyof PlanOptions]-?: OptionSpec<NonNullable<PlanOptions[Name]>> }

const INPUT = VERIFY_OPTIONS.format.group
const MEASURING = 'Measuring'
const PLAN = 'The plan'

/** Every option of `fanfold plan`, in the order of the help. */
export const PLAN_OPTIONS: Table = {
  with: {
    ...VERIFY_OPTIONS.with,
    description:
      'instead of <chain>: the path of a module that exports one, or several modules, each a check of its name: --with crm=./crm.ts --with billing=./billing.ts',
  },
  config: VERIFY_OPTIONS.config,
  set: VERIFY_OPTIONS.set,
  // From stdin nothing is read: it could not be read again.
  format: {
    ...VERIFY_OPTIONS.format,
    description: 'ndjson, csv, lines, files; with files each input is a task, whatever is in it',
  },
  maxRecord: VERIFY_OPTIONS.maxRecord,
  sample: {
    flags: '--sample <n>',
    group: INPUT,
    description: 'measure with the first n records',
    parse: count,
    default: 1_000,
    defaultText: '1000',
  },
  threads: { ...VERIFY_OPTIONS.threads, group: MEASURING },
  concurrency: {
    ...VERIFY_OPTIONS.concurrency,
    group: MEASURING,
    description: 'how many checks at once over all threads, when fanned out; two of one record, side by side, are two',
    defaultText: '50 for a chain that mostly waits, else one per thread',
  },
  timeout: { ...VERIFY_OPTIONS.timeout, group: MEASURING },
  threadMemory: { ...VERIFY_OPTIONS.threadMemory, group: MEASURING },
  limits: { ...VERIFY_OPTIONS.limits, group: MEASURING },
  limitOf: { ...VERIFY_OPTIONS.limitOf, group: MEASURING },
  budget: {
    flags: '--budget <time>',
    group: MEASURING,
    description: 'how long to measure one record after the other; the sample is what came to its end by then',
    parse: duration,
    default: 10_000,
    defaultText: '10s',
  },
  json: { flags: '--json <file>', group: PLAN, description: 'write it as JSON; - is stdout', parse: text },
  progress: { ...VERIFY_OPTIONS.progress, group: PLAN },
  verbose: { ...VERIFY_OPTIONS.verbose, group: PLAN },
}
