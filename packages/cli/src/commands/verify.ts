import { FanfoldError } from '@fanfold/core'
import type { CloseReport, Engine, LineOptions, Progress, Report, Run, RunOptions } from '@fanfold/core'
import { predictionFor } from '../estimate/for-run.ts'
import type { Prediction } from '../estimate/for-run.ts'
import { CLOSED_PIPE, SIGNAL_CODES, codeOf } from '../exit.ts'
import type { Ending } from '../exit.ts'
import { Interruption } from '../interruption.ts'
import type { VerifyOptions } from '../options/verify-options.ts'
import { OutputBroken } from '../output/chunked-output.ts'
import { empty } from '../output/output.ts'
import { takeOutcomes } from '../output/take-outcomes.ts'
import type { Written } from '../output/take-outcomes.ts'
import { Stalled, withPatience } from '../patience.ts'
import { describeProblem, problemLine } from '../problem.ts'
import type { Display } from '../progress/display.ts'
import { interruptedText } from '../progress/interrupted-text.ts'
import { makeDisplay } from '../progress/make-display.ts'
import { breachText } from '../summary/breach-text.ts'
import { reportText } from '../summary/report-text.ts'
import { summaryText } from '../summary/summary-text.ts'
import { whenAborted } from '../when-aborted.ts'
import { terminalColumns } from '../wrap.ts'
import { endingOfCheck } from './independence.ts'
import { prepare } from './prepare.ts'
import type { Prepared } from './prepare.ts'
import { openTargets } from './targets.ts'
import type { Targets } from './targets.ts'
import { verifierName } from './verifier-location.ts'

/** What is gathered on the way to the summary. */
interface Tour {
  readonly prepared: Prepared
  readonly options: VerifyOptions
  readonly written: Written
  readonly display: Display
  readonly interruption: Interruption
  /** As they were given. */
  readonly args: readonly string[]
}

/**
 * `fanfold verify`: runs a verifier over the inputs, writes what was asked for, and tells how it ended.
 *
 * @param args - the whole command line, of which the summary tells how to go on
 * @throws {FanfoldError} when nothing could be started, before any outcome
 */
export async function verify(
  given: readonly string[],
  options: VerifyOptions,
  args: readonly string[],
): Promise<Ending> {
  const prepared = await prepare(given, options)
  const { inputs, engine, name, verifier } = prepared
  const display = makeDisplay(options.progress, {
    name,
    verifier: verifierName(verifier),
    hasFiles: inputs.format === 'files',
  })
  const interruption = new Interruption(() => display.stop())
  const tour = { prepared, options, written: { lines: 0 }, display, interruption, args }
  let ending: Ending
  try {
    ending = (await endingBeforeRun(tour)) ?? (await runAndTell(tour))
  } catch (error) {
    display.stop()
    await closed(engine, interruption)
    throw error
  }
  const { stuckThreads } = await closed(engine, interruption)
  return { ...ending, isStuck: ending.isStuck === true || stuckThreads.length > 0 }
}

/** What is to be found out before anything is verified. @returns how it ends, if there is to be no run */
async function endingBeforeRun(tour: Tour): Promise<Ending | undefined> {
  const { prepared, options, interruption } = tour
  if (options.checkIndependence === undefined) return undefined
  try {
    return await endingOfCheck(prepared, options, options.checkIndependence, interruption)
  } catch (error) {
    if (interruption.signal === undefined) throw error
    return endBeforeStart(tour)
  }
}

async function runAndTell(tour: Tour): Promise<Ending> {
  const { prepared, options, display, interruption } = tour
  const { engine, verifier, config, source, settings } = prepared
  const loaded = engine.load(verifier, { config })
  const shown: { run?: Run } = {}
  display.start(() => shown.run?.progress())
  const targets = await interruption.orSignal(loaded.ready.then(() => openTargets(options, interruption.hurry)))
  if (targets === undefined) return endBeforeStart(tour)
  const run = loaded.run(source, withOutput(settings, targets))
  shown.run = run
  heedSignals(run, tour)
  await takeOutcomes(run, lineOptions(options), targets.out, tour.written)
  const ended = await run.report()
  const unreadable = unreadableInput(ended)
  if (unreadable !== undefined) throw unreadable
  const broken = await targets.out?.close()
  display.stop()
  const report = await withTeardown(withBroken(ended, broken), engine, interruption)
  const summaryError = await writeSummary(targets, tour, report)
  return tell(tour, report, broken, summaryError)
}

function lineOptions({ only, include, timings }: VerifyOptions): LineOptions {
  return { include, timings, ...(only === undefined ? {} : { only }) }
}

function withOutput(settings: RunOptions, { journaled }: Targets): RunOptions {
  const { journal } = settings
  return journal === undefined || journaled === undefined
    ? settings
    : { ...settings, journal: { ...journal, output: journaled } }
}

/** What is cancelled soon comes to its end first; who waits for that is told so, and how to stop waiting. */
function heedSignals(run: Run, { options, interruption }: Tour): void {
  const { soon, now } = interruption
  const heed = (when: 'soon' | 'now', { reason }: AbortSignal, told: (progress: Progress) => string): void => {
    const progress = run.progress()
    if (progress.state === 'ended') return
    // Told when it is so: whoever hears it may count on it that nothing more begins.
    run.cancel(reason, { when })
    if (options.progress !== 'json') process.stderr.write(problemLine(told(progress)))
  }
  whenAborted(soon, () => heed('soon', soon, (progress) => interruptedText(progress, options.timeout)))
  whenAborted(now, () => heed('now', now, () => 'interrupted again: stopping now; once more ends without a summary'))
  const noteEnd = (): void => interruption.noteRunEnd()
  run.report().then(noteEnd, noteEnd)
}

/** What an earlier run has written is left as it was. */
function endBeforeStart({ display, interruption: { signal = 'SIGINT' } }: Tour): Ending {
  display.stop()
  const what = `interrupted by ${signal} before the run began: nothing was verified, nothing written.`
  process.stderr.write(problemLine(what))
  return { code: SIGNAL_CODES[signal], signal }
}

/** A run whose output broke was cancelled for it; to whoever reads the report, it failed. */
function withBroken(report: Report, broken: OutputBroken | undefined): Report {
  return broken === undefined || broken.isClosedPipe ? report : { ...report, result: 'failed', failure: broken }
}

/** The verifier is torn down after its run, and what goes wrong there may cost results: whoever reads the report hears of it. */
async function withTeardown(report: Report, engine: Engine, interruption: Interruption): Promise<Report> {
  const { warnings } = await closed(engine, interruption)
  // What went wrong during the run is in both.
  return { ...report, warnings: [...new Set([...report.warnings, ...warnings])] }
}

/** Whoever has said it twice does not wait for teardowns that take their time: the process ends without them. */
async function closed(engine: Engine, { now }: Interruption): Promise<CloseReport> {
  return withPatience(engine.close(), now).catch((error: unknown) => {
    if (!(error instanceof Stalled)) throw error
    return { stuckThreads: [], warnings: ['the teardown of the verifier was not waited for'] }
  })
}

/** A source that breaks at its very beginning is an unreadable input, not a run that failed. */
function unreadableInput({ total, failure }: Report): Error | undefined {
  const isHeader = failure instanceof FanfoldError && failure.code === 'FANFOLD_CSV_BAD_HEADER'
  return total === 0 && isHeader ? failure : undefined
}

async function writeSummary({ summary }: Targets, tour: Tour, report: Report): Promise<FanfoldError | undefined> {
  const { options, interruption } = tour
  const { hurry } = interruption
  if (summary === undefined) return undefined
  try {
    await empty(summary)
    await withPatience(summary.writeFile(reportText(report, predictionOf(tour, report))), hurry)
    await summary.close()
    return undefined
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    const message = `the report cannot be written to '${options.summary}': ${why}. Free the space or give another --summary.`
    return new FanfoldError('FANFOLD_OUTPUT_FAILED', message, { cause })
  }
}

function tell(
  tour: Tour,
  report: Report,
  broken: OutputBroken | undefined,
  summaryError: FanfoldError | undefined,
): Ending {
  const { options, interruption } = tour
  const { signal } = interruption
  const isClosedPipe = broken?.isClosedPipe === true
  // Whoever reads JSON on stderr has no use for it.
  if (!isClosedPipe && options.progress !== 'json')
    process.stderr.write(summaryOf(tour, report, summaryError === undefined))
  if (report.result === 'failed') process.stderr.write(failureText(report, options))
  if (summaryError !== undefined) process.stderr.write(describeProblem(summaryError, options.verbose))
  if (isClosedPipe) return { code: CLOSED_PIPE }
  const isStuck = broken?.isStalled === true || summaryError?.cause instanceof Stalled
  if (signal !== undefined) return { code: SIGNAL_CODES[signal], signal, isStuck }
  return { code: summaryError === undefined ? codeOf(report, options.failOn === 'flag') : 3 }
}

/** The summary has shown the first errors, which the breach's own message repeats. */
function failureText(report: Report, { progress, verbose, journal }: VerifyOptions): string {
  const isShown = report.tolerance?.isExceeded === true && progress !== 'json'
  return isShown ? problemLine(breachText(report, journal !== undefined)) : describeProblem(report.failure, verbose)
}

/** What the estimate that was given says of this run. */
function predictionOf({ prepared, options }: Tour, report: Report): Prediction | undefined {
  const { estimate, totalBytes } = prepared
  if (estimate === undefined) return undefined
  return predictionFor(estimate, report.threads, report.total, options.limit === undefined ? totalBytes : undefined)
}

function summaryOf(tour: Tour, report: Report, hasSummary: boolean): string {
  const { prepared, options, written, args } = tour
  const { out, only, limit, verbose, journal } = options
  const summary = hasSummary ? options.summary : undefined
  return summaryText(report, {
    format: prepared.inputs.format,
    hasSeveralInputs: prepared.inputs.paths.length > 1,
    isFromStdin: prepared.inputs.paths.length === 0,
    limit,
    command: journal === undefined ? undefined : args,
    retries: prepared.settings.retry?.retries ?? 0,
    // How many lines of a broken output arrived, nobody knows.
    written: { out: report.failure instanceof OutputBroken ? undefined : out, lines: written.lines, only, summary },
    prediction: predictionOf(tour, report),
    verbose,
    columns: terminalColumns(),
  })
}
