import type { PoolKind } from '@fanfold/core'
import { count, counts, duration, oneOf, text } from './values.ts'
import { VERIFY_OPTIONS } from './verify-options.ts'
import type { OptionSpec } from './option-spec.ts'
import type { Format, VerifyOptions } from './verify-options.ts'

type Shared =
  | 'with'
  | 'config'
  | 'set'
  | 'format'
  | 'maxRecord'
  | 'timeout'
  | 'threadMemory'
  | 'pool'
  | 'progress'
  | 'verbose'

/** The options of `fanfold estimate`, as they are after parsing. */
export interface EstimateOptions extends Pick<VerifyOptions, Shared> {
  readonly pool: PoolKind
  readonly threads?: readonly number[]
  readonly concurrency?: number
  readonly sample?: number
  /** Records of the whole input. */
  readonly tasks?: number
  /** ms */
  readonly budget: number
  readonly json?: string
}

type Table = { readonly [Name in keyof EstimateOptions]-?: OptionSpec<NonNullable<EstimateOptions[Name]>> }

const INPUT = VERIFY_OPTIONS.format.group
const MEASURING = 'Measuring'
const FORMATS: readonly Format[] = ['ndjson', 'csv', 'lines']

/** Every option of `fanfold estimate`, in the order of the help. */
export const ESTIMATE_OPTIONS: Table = {
  with: { ...VERIFY_OPTIONS.with, description: 'the verifier: the path of a .ts or .js module, and no chain' },
  config: VERIFY_OPTIONS.config,
  set: VERIFY_OPTIONS.set,
  // Whole files are no records of which the first few could stand for the rest.
  format: {
    ...VERIFY_OPTIONS.format,
    description: `${FORMATS.join(', ')}; needed for stdin`,
    parse: oneOf<Format>(FORMATS),
  },
  maxRecord: {
    ...VERIFY_OPTIONS.maxRecord,
    description: 'a longer record is left out of the sample; none for no limit',
  },
  sample: {
    flags: '--sample <n>',
    group: INPUT,
    description: 'measure with the first n records',
    parse: count,
    defaultText: 'as many as take one thread a second or so',
  },
  tasks: {
    flags: '--tasks <n>',
    group: INPUT,
    description: 'how many records the whole input has, for stdin, or when what is given is a sample of it',
    parse: count,
    defaultText: "by the input's size",
  },
  threads: {
    flags: '--threads <list>',
    group: MEASURING,
    description: 'how many threads to try: 1,2,4',
    parse: counts,
    defaultText: '1, 2, 4 and so on up to one per core',
  },
  concurrency: {
    flags: VERIFY_OPTIONS.concurrency.flags,
    group: MEASURING,
    description: 'how many records at once over all threads, for verifiers that wait',
    parse: count,
    defaultText: 'for these, auto and a few numbers are tried',
  },
  timeout: { ...VERIFY_OPTIONS.timeout, group: MEASURING },
  threadMemory: { ...VERIFY_OPTIONS.threadMemory, group: MEASURING },
  pool: { ...VERIFY_OPTIONS.pool, group: MEASURING },
  budget: {
    flags: '--budget <time>',
    group: MEASURING,
    description: 'how long to measure; three rounds are made in any case, if they take no more than three times that',
    parse: duration,
    default: 30_000,
    defaultText: '30s',
  },
  json: {
    flags: '--json <file>',
    group: 'The estimate',
    description: 'write it as JSON, for fanfold verify --estimate; - is stdout',
    parse: text,
  },
  progress: { ...VERIFY_OPTIONS.progress, group: 'The estimate' },
  verbose: { ...VERIFY_OPTIONS.verbose, group: 'The estimate' },
}
