import type { Concurrency, EngineOptions, Order, OutcomeKind, PoolKind, RunOptions, Tolerance } from '@fanfold/core'
import type { OptionSpec } from './option-spec.ts'
import {
  attempts,
  bytes,
  concurrency,
  count,
  duration,
  oneOf,
  recycling,
  resumption,
  someOf,
  text,
  threadMemory,
  tolerance,
} from './values.ts'

export type Format = 'ndjson' | 'csv' | 'lines' | 'files'
type Include = 'none' | 'attention' | 'all'
type Halt = NonNullable<RunOptions['halt']>
export type ProgressMode = 'auto' | 'bar' | 'json' | 'none'

const FORMATS: readonly Format[] = ['ndjson', 'csv', 'lines', 'files']
const KINDS: readonly OutcomeKind[] = ['pass', 'flag', 'fail', 'errored', 'timedOut', 'crashed', 'aborted']
const INCLUDES: readonly Include[] = ['none', 'attention', 'all']
const ORDERS: readonly Order[] = ['arrival', 'input']
const HALTS: readonly Halt[] = ['never', 'soon', 'now']
const POOLS: readonly PoolKind[] = ['threads', 'processes']
const PROGRESS_MODES: readonly ProgressMode[] = ['auto', 'bar', 'json', 'none']

/** The options of `fanfold verify`, as they are after parsing. */
export interface VerifyOptions {
  /** Each a module, `crm=./crm.ts` with a name. */
  readonly with: readonly string[]
  readonly config?: string
  readonly set: readonly string[]
  readonly format?: Format
  readonly exclude: readonly string[]
  readonly maxRecord?: number
  readonly idField?: string
  readonly limit?: number
  readonly threads?: number
  readonly concurrency?: Concurrency
  readonly shardSize?: number
  readonly timeout?: number
  /** MB */
  readonly threadMemory?: number
  readonly recycleAfter?: NonNullable<EngineOptions['recycleAfter']>
  /** Further attempts after a throw. */
  readonly retries?: number
  readonly tolerate?: Tolerance
  readonly halt?: Halt
  readonly pool: PoolKind
  readonly limits?: string
  readonly limitOf: readonly string[]
  readonly order: Order
  /** Records of the sample. */
  readonly checkIndependence?: number
  readonly out?: string
  readonly only?: readonly OutcomeKind[]
  readonly include: Include
  readonly timings: boolean
  readonly journal?: string
  readonly resume?: 'unfinished' | 'auto'
  readonly redrive: boolean
  readonly sourceId?: string
  readonly summary?: string
  readonly estimate?: string
  readonly failOn?: 'flag'
  readonly progress: ProgressMode
  readonly verbose: boolean
}

type Table = { readonly [Name in keyof VerifyOptions]-?: OptionSpec<NonNullable<VerifyOptions[Name]>> }

const VERIFIER = 'The verifier'
const INPUT = 'The input'
const RUNNING = 'Running'
const OUTPUT = 'Outcomes'
const DURABLE = 'Journal and resume'
const ACCOUNT = 'The account'

/** Every option of `fanfold verify`, in the order of the help. The type has one entry for each field of the options. */
export const VERIFY_OPTIONS: Table = {
  with: {
    flags: '--with <verifier>',
    group: VERIFIER,
    description:
      'the verifier: the path of a .ts or .js module; or several, each a check of its name: --with crm=./crm.ts --with billing=./billing.ts',
    isRepeatable: true,
    default: [],
  },
  config: { flags: '--config <file>', group: VERIFIER, description: 'its configuration, a JSON file', parse: text },
  set: {
    flags: '--set <key=value>',
    group: VERIFIER,
    description: 'one value of its configuration, as JSON or else text; dots nest; repeatable, beats --config',
    isRepeatable: true,
    default: [],
  },
  format: {
    flags: '--format <format>',
    group: INPUT,
    description: `${FORMATS.join(', ')}; needed for stdin; with files each input is a task, whatever is in it`,
    parse: oneOf(FORMATS),
    defaultText: "by the file's ending",
  },
  exclude: {
    flags: '--exclude <path>',
    group: INPUT,
    description:
      'with --format files: leave out this path or quoted pattern; a folder with all that is in it; repeatable',
    isRepeatable: true,
    default: [],
  },
  idField: {
    flags: '--id-field <name>',
    group: INPUT,
    description:
      "where a record holds its id: a field, a column, or a JSON pointer such as /customer/id; it becomes the outcome's id",
    parse: text,
  },
  limit: { flags: '--limit <n>', group: INPUT, description: 'only the first n records', parse: count },
  maxRecord: {
    flags: '--max-record <size>',
    group: INPUT,
    description: 'a longer record is errored; none for no limit',
    parse: bytes,
    defaultText: '16mb',
  },
  threads: {
    flags: '--threads <n>',
    group: RUNNING,
    description: 'how many threads',
    parse: count,
    defaultText: 'one per core',
  },
  concurrency: {
    flags: '--concurrency <n>',
    group: RUNNING,
    description:
      'how many records at once over all threads, of a chain how many checks; auto is one per thread, and up to 50 for verifiers that wait; see docs/runs.md',
    parse: concurrency,
    defaultText: 'auto',
  },
  shardSize: {
    flags: '--shard-size <n>',
    group: RUNNING,
    description: 'how many records a thread gets at once, to find out what another size costs; nobody needs to set it',
    parse: count,
    defaultText: 'by their measured cost',
  },
  timeout: {
    flags: '--timeout <time>',
    group: RUNNING,
    description: 'for each record: 500ms, 2s, 1m; none for no limit',
    parse: duration,
    defaultText: '30s',
  },
  threadMemory: {
    flags: '--thread-memory <size>',
    group: RUNNING,
    description: "a thread's heap: 256mb, 1gb",
    parse: threadMemory,
    defaultText: "Node's own",
  },
  recycleAfter: {
    flags: '--recycle-after <bound>',
    group: RUNNING,
    description:
      'replace a thread after 10000 records, or at a heap of 256mb, or both: 10000,256mb; for verifiers that leak',
    parse: recycling,
    defaultText: 'never',
  },
  retries: {
    flags: '--retries <n>',
    group: RUNNING,
    description: 'how often to try a record again when the verifier threw, after waits that grow',
    parse: attempts,
    defaultText: '0',
  },
  tolerate: {
    flags: '--tolerate <bound>',
    group: RUNNING,
    description: 'how many records may go without a verdict: 20, or 1%; with more the run stops and is failed',
    parse: tolerance,
    defaultText: 'none, and nothing stops the run',
  },
  halt: {
    flags: '--halt <when>',
    group: RUNNING,
    description: `how it stops then: ${HALTS.join(', ')}; soon lets what runs come to its end, never goes on`,
    parse: oneOf(HALTS),
    defaultText: 'soon',
  },
  pool: {
    flags: '--pool <pool>',
    group: RUNNING,
    description: 'worker threads, or each in a process of its own, which a verifier may crash: threads, processes',
    parse: oneOf(POOLS),
    default: 'threads',
  },
  limits: {
    flags: '--limits <file>',
    group: RUNNING,
    description: 'bounds in front of downstreams, a JSON file: {"crm":{"concurrency":50}}; see docs/limits.md',
    parse: text,
  },
  limitOf: {
    flags: '--limit-of <name=bound>',
    group: RUNNING,
    description:
      'one of them: crm=50 calls at once, crm=100/s, crm=adaptive, crm=breaker, or several: crm=50,100/s; repeatable, beats --limits',
    isRepeatable: true,
    default: [],
  },
  order: {
    flags: '--order <order>',
    group: RUNNING,
    description: 'outcomes as they arrive, or in the order of the input: arrival, input',
    parse: oneOf(ORDERS),
    default: 'arrival',
  },
  checkIndependence: {
    flags: '--check-independence [=n]',
    group: RUNNING,
    description:
      'before the run, verify the first n records (1000) several times, in other orders and shards; verdicts that differ are listed, and then nothing is run',
    parse: count,
    bareValue: '1000',
  },
  out: {
    flags: '--out <file>',
    group: OUTPUT,
    description: 'write outcomes as NDJSON; - is stdout',
    parse: text,
  },
  only: {
    flags: '--only <kinds>',
    group: OUTPUT,
    description: `which outcomes to write: a list of ${KINDS.join(',')}`,
    parse: someOf(KINDS),
    defaultText: 'all',
  },
  include: {
    flags: '--include <which>',
    group: OUTPUT,
    description: 'the record beside which outcomes: none, attention (all but pass), all',
    parse: oneOf(INCLUDES),
    default: 'attention',
  },
  timings: {
    flags: '--no-timings',
    group: OUTPUT,
    description: 'leave out durationMs and waitMs; with --order input the bytes are the same each time',
  },
  journal: {
    flags: '--journal <file>',
    group: DURABLE,
    description:
      'note in this file what is done, so that the run can go on after a kill or a power cut; --out is kept too',
    parse: text,
  },
  resume: {
    flags: '--resume [=auto]',
    group: DURABLE,
    description:
      'go on where the journal ends; =auto, for cron: one that is complete is moved to <file>.1, and a run begins',
    parse: resumption,
    bareValue: 'unfinished',
  },
  redrive: {
    flags: '--redrive',
    group: DURABLE,
    description: 'go on, and run what was errored, timed out or crashed again; the verifier and --config may be mended',
    default: false,
  },
  sourceId: {
    flags: '--source-id <text>',
    group: DURABLE,
    description:
      'stands for the records of stdin or a pipe, which cannot be known again: give the same one for the same',
    parse: text,
  },
  summary: { flags: '--summary <file>', group: ACCOUNT, description: 'write the report as JSON', parse: text },
  estimate: {
    flags: '--estimate <file>',
    group: ACCOUNT,
    description: 'tell the time that was predicted beside the actual one: the file is of fanfold estimate --json',
    parse: text,
  },
  failOn: {
    flags: '--fail-on <verdict>',
    group: ACCOUNT,
    description: 'exit 1 on flags too: flag',
    parse: oneOf(['flag']),
  },
  progress: {
    flags: '--progress <how>',
    group: ACCOUNT,
    description: `on stderr: ${PROGRESS_MODES.join(', ')}; auto is a bar on a terminal, else a line every few seconds`,
    parse: oneOf(PROGRESS_MODES),
    default: 'auto',
  },
  verbose: { flags: '--verbose', group: ACCOUNT, description: 'stack traces of what went wrong', default: false },
}
