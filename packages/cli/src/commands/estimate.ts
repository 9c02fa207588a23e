import { SIGNAL_CODES } from '../exit.ts'
import type { Ending } from '../exit.ts'
import { defaultThreads } from '../estimate/default-threads.ts'
import type { Estimate } from '../estimate/estimate-file.ts'
import { estimateText, settingWords } from '../estimate/estimate-text.ts'
import { makeEstimate } from '../estimate/make-estimate.ts'
import { measure } from '../estimate/measure.ts'
import type { Findings } from '../estimate/measure.ts'
import { makeMeasureDisplay } from '../estimate/measure-display.ts'
import { threadCounts } from '../estimate/plan.ts'
import { Sample } from '../estimate/sample.ts'
import { verifierDigest } from '../estimate/verifier-digest.ts'
import { Interruption } from '../interruption.ts'
import type { EstimateOptions } from '../options/estimate-options.ts'
import { badUsage, problemLine } from '../problem.ts'
import { calledAs } from '../summary/called-as.ts'
import { quoted } from '../summary/quoted.ts'
import { whenAborted } from '../when-aborted.ts'
import { terminalColumns } from '../wrap.ts'
import { readConfiguration } from './configuration.ts'
import { resolveInputs } from './inputs.ts'
import type { Inputs } from './inputs.ts'
import { checkJsonTarget, writeJson } from './json-target.ts'
import { verifierLocation, verifierUrl } from './verifier-location.ts'

/** What is measured, found out before anything is started. */
interface Subject {
  readonly inputs: Inputs
  readonly verifier: string
  /** Of the verifier. */
  readonly url: string
  readonly config: unknown
  readonly sample: Sample
}

/**
 * `fanfold estimate`: measures a verifier over a sample of the inputs, and tells what fan-out gains.
 *
 * @param args - the whole command line, from which the next one is made
 * @throws {FanfoldError} when nothing could be measured
 */
export async function estimate(
  given: readonly string[],
  options: EstimateOptions,
  args: readonly string[],
): Promise<Ending> {
  const subject = await prepare(given, options)
  const display = makeMeasureDisplay(options.progress)
  const interruption = new Interruption(() => display.stop())
  const stopped = new AbortController()
  whenAborted(interruption.soon, () => stopped.abort(interruption.soon.reason))
  try {
    const findings = await measure({
      subject: {
        url: subject.url,
        config: subject.config,
        pool: options.pool,
        timeoutMs: options.timeout,
        threadMemoryMb: options.threadMemory === Infinity ? undefined : options.threadMemory,
        maxRecordBytes: options.maxRecord,
      },
      sample: subject.sample,
      threads: options.threads ?? threadCounts(defaultThreads()),
      concurrency: options.concurrency,
      sampleTasks: options.sample,
      budgetMs: options.budget,
      signal: stopped.signal,
      onStep: (step) => display.show(step),
    })
    display.stop()
    return await tell(await estimateOf(findings, subject, options), options, args)
  } catch (error) {
    display.stop()
    const { signal } = interruption
    if (signal === undefined) throw error
    process.stderr.write(problemLine(`interrupted by ${signal}: nothing is estimated, nothing was written.`))
    return { code: SIGNAL_CODES[signal], signal }
  } finally {
    subject.sample.close()
  }
}

async function prepare(given: readonly string[], options: EstimateOptions): Promise<Subject> {
  const inputs = await resolveInputs(given, options)
  const verifier = await verifierLocation(options.with)
  if (typeof verifier !== 'string')
    throw badUsage(
      'an estimate compares with a plain loop over one verifier, and several are given. fanfold plan foretells a chain.',
    )
  const config = await readConfiguration(options.config, options.set)
  const read = [...inputs.paths, verifier, ...(options.config === undefined ? [] : [options.config])]
  await checkJsonTarget(options.json, read)
  return { inputs, verifier, url: verifierUrl(verifier), config, sample: new Sample(await inputs.source.open()) }
}

async function estimateOf(findings: Findings, subject: Subject, options: EstimateOptions): Promise<Estimate> {
  const { inputs, sample, verifier, url, config } = subject
  return makeEstimate(findings, {
    made: { at: new Date().toISOString(), node: process.versions.node, cores: defaultThreads() },
    verifier: { path: verifier, ...(await verifierDigest(url, config)) },
    input: {
      names: inputs.paths,
      format: inputs.format,
      // With the number of records given, these inputs are but a sample of the whole.
      ...(sample.totalBytes === undefined || options.tasks !== undefined ? {} : { bytes: sample.totalBytes }),
      ...tasksOf(sample, options.tasks),
    },
    pool: options.pool,
    timeoutMs: options.timeout,
    isWhole: sample.isWhole,
    defaultThreads: defaultThreads(),
  })
}

/** How many records the inputs have, and how that is known. */
function tasksOf(sample: Sample, given: number | undefined): Pick<Estimate['input'], 'tasks' | 'tasksFrom'> {
  if (given !== undefined) return { tasks: given, tasksFrom: 'option' }
  if (sample.isWhole) return { tasks: sample.tasks, tasksFrom: 'count' }
  const { totalBytes } = sample
  if (totalBytes === undefined) return {}
  return { tasks: Math.round((totalBytes * sample.tasks) / sample.bytes), tasksFrom: 'bytes' }
}

async function tell(made: Estimate, options: EstimateOptions, args: readonly string[]): Promise<Ending> {
  const { json, progress } = options
  const command = [calledAs(process.env), 'verify', ...verifyWords(args, made, json).map(quoted)]
  if (progress !== 'json') process.stderr.write(estimateText(made, { columns: terminalColumns(), json, command }))
  if (json !== undefined) await writeJson(json, 'the estimate', made)
  return { code: 0 }
}

/** Options of `estimate` that `verify` does not have, or that are replaced by what is recommended. */
const OWN = /^--(sample|tasks|budget|json|threads|concurrency|progress)(=|$)/

/** The same command line for `verify`, with the settings that are recommended. */
function verifyWords(args: readonly string[], made: Estimate, json: string | undefined): readonly string[] {
  const words: string[] = []
  const rest = args.slice(args.indexOf('estimate') + 1)
  for (let at = 0; at < rest.length; at++) {
    const word = rest[at] ?? ''
    const match = OWN.exec(word)
    if (match === null) words.push(word)
    else if (match[2] === '') at += 1
  }
  const given = made.settings.concurrency !== undefined && made.recommended.concurrency === undefined
  return [
    ...words,
    ...settingWords(made.recommended).flatMap((setting) => setting.split(' ')),
    ...(given ? ['--concurrency', String(made.settings.concurrency)] : []),
    ...(json === undefined || json === '-' ? [] : ['--estimate', json]),
  ]
}
