import { readFileSync } from 'node:fs'
import { Command, CommanderError } from 'commander'
import { FanfoldError } from '@fanfold/core'
import { NOT_STARTED, leave } from './exit.ts'
import type { Ending } from './exit.ts'
import { addOptions, describeOption, nameOption, withBareValues } from './options/commander-options.ts'
import { DRILL_OPTIONS } from './options/drill-options.ts'
import type { DrillOptions } from './options/drill-options.ts'
import { ESTIMATE_OPTIONS } from './options/estimate-options.ts'
import type { EstimateOptions } from './options/estimate-options.ts'
import { PLAN_OPTIONS } from './options/plan-options.ts'
import type { PlanOptions } from './options/plan-options.ts'
import { VERIFY_OPTIONS } from './options/verify-options.ts'
import type { VerifyOptions } from './options/verify-options.ts'
import { badUsage, describeProblem, messageOf } from './problem.ts'

/** Runs a command line and ends the process. */
export async function main(args: readonly string[]): Promise<void> {
  process.stderr.on('error', () => {}) // whoever closed it does not want to be told
  process.stdout.on('error', () => {}) // the write that fails tells
  // Node's warnings in this thread are about our code (on Node 22: that glob is experimental), not the user's.
  if (!args.includes('--verbose')) process.removeAllListeners('warning')
  await leave(await endingOf(args))
}

async function endingOf(args: readonly string[]): Promise<Ending> {
  let ending: Ending = { code: 0 }
  const program = makeProgram(args, (made) => {
    ending = made
  })
  try {
    await program.parseAsync([...withBareValues(args, VERIFY_OPTIONS)], { from: 'user' })
    return ending
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return { code: 0 } // help and version
    if (error instanceof CommanderError && error.code === 'commander.help') return { code: NOT_STARTED }
    const problem = error instanceof CommanderError ? badUsage(usageMessage(error, args), error) : asOurs(error)
    process.stderr.write(describeProblem(problem, args.includes('--verbose')))
    return { code: problem.code === 'FANFOLD_INTERNAL' ? 3 : NOT_STARTED }
  }
}

/** Whatever has no code of ours was foreseen nowhere. */
function asOurs(error: unknown): FanfoldError {
  if (error instanceof FanfoldError) return error
  const message = `a bug of ours: ${messageOf(error)}. Please report it with what --verbose adds.`
  return new FanfoldError('FANFOLD_INTERNAL', message, { cause: error })
}

function makeProgram(args: readonly string[], onEnding: (ending: Ending) => void): Command {
  const program = new Command('fanfold')
    .description('Verifies large files on every core, with an honest account.')
    .version(version(), '--version', 'the version of fanfold')
    .helpOption('-h, --help', 'this help')
    .helpCommand(false)
    .configureHelp({ optionDescription: describeOption, optionTerm: nameOption })
    .configureOutput({ outputError: () => {} }) // `endingOf` writes errors, all in one way
    .exitOverride()
  const command = program
    .command('verify')
    .description('verify every record of the inputs with a verifier')
    .argument('[inputs...]', 'files, patterns such as "data/*.ndjson", or - for stdin')
    .usage('<inputs...> --with <verifier> [options]')
    .addHelpText('after', VERIFY_NOTES)
    .action(async (inputs: string[], options: VerifyOptions) => {
      const { verify } = await import('./commands/verify.ts')
      onEnding(await verify(inputs, options, args))
    })
  addOptions(command, VERIFY_OPTIONS)
  const estimation = program
    .command('estimate')
    .description('find out on a sample what fan-out gains, and how long the whole will take')
    .argument(
      '[inputs...]',
      'files, patterns such as "data/*.ndjson", or - for stdin; their first records are the sample',
    )
    .usage('<inputs...> --with <verifier> [options]')
    .addHelpText('after', ESTIMATE_NOTES)
    .action(async (inputs: string[], options: EstimateOptions) => {
      const { estimate } = await import('./commands/estimate.ts')
      onEnding(await estimate(inputs, options, args))
    })
  addOptions(estimation, ESTIMATE_OPTIONS)
  const planning = program
    .command('plan')
    .description('find out what the checks of a chain wait for, what each takes, and what fan-out makes of it')
    .argument(
      '[chain and inputs...]',
      'the module that exports the chain, then files or patterns such as "data/*.ndjson"',
    )
    .usage('<chain> <inputs...> [options]')
    .addHelpText('after', PLAN_NOTES)
    .action(async (given: string[], options: PlanOptions) => {
      const { plan } = await import('./commands/plan.ts')
      onEnding(await plan(given, options))
    })
  addOptions(planning, PLAN_OPTIONS)
  const drilling = program
    .command('drill')
    .description('do harm to one record in several ways, and see what that costs the others')
    .argument('[inputs...]', 'files, or patterns such as "data/*.ndjson"; their first records are the sample')
    .usage('<inputs...> --with <verifier> [options]')
    .addHelpText('after', DRILL_NOTES)
    .action(async (inputs: string[], options: DrillOptions) => {
      const { drill } = await import('./commands/drill.ts')
      onEnding(await drill(inputs, options))
    })
  addOptions(drilling, DRILL_OPTIONS)
  return program
}

const VERIFY_NOTES = `
Exit codes:
  0  every record has a verdict (with --tolerate: enough of them), and none is fail
  1  some verdict is fail (with --fail-on flag: or flag)
  2  nothing was verified: wrong usage, unreadable input, a verifier that cannot start
     (or whose verdicts differ, with --check-independence)
  3  some records have no verdict (with --tolerate: too many), or input or output broke
  130, 143  interrupted; 141  the reader of --out - has gone

Example:
  fanfold verify customers.ndjson --with ./verify.ts --out found.ndjson --only flag,fail
`

const ESTIMATE_NOTES = `
The verifier runs many times over the same records: one that writes, sends or pays
does so each time. What it prints is not shown.

Exit codes:
  0  it was measured, whatever came of it
  2  nothing was measured: wrong usage, unreadable input, a verifier that cannot start
  130, 143  interrupted

Example:
  fanfold estimate customers.ndjson --with ./verify.ts --json estimate.json
`

const PLAN_NOTES = `
The chain runs several times over the same records: one that writes, sends or pays
does so each time.

Exit codes:
  0  it was measured, whatever came of it
  2  nothing was measured: wrong usage, unreadable input, a chain that is none or cannot start
  130, 143  interrupted

Example:
  fanfold plan ./checks.ts customers.ndjson
`

const DRILL_NOTES = `
The verifier runs several times over the same records: one that writes, sends or pays
does so each time. What it prints is not shown.

Exit codes:
  0  each fault cost its own record, and no other
  1  a fault cost more than that
  2  nothing was drilled: wrong usage, unreadable input, a verifier that cannot start
  130, 143  interrupted

Example:
  fanfold drill customers.ndjson --with ./verify.ts
`

function version(): string {
  const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
  return (JSON.parse(manifest) as { readonly version: string }).version // our own package.json
}

/** Commander's message as one line that names the remedy. */
function usageMessage(error: CommanderError, args: readonly string[]): string {
  const message = error.message.replace(/^error: /, '')
  const meant = /\n\(Did you mean (.+?)\?\)$/.exec(message)?.[1]
  const what = message.replace(/\n.*$/s, '')
  if (meant !== undefined) return `${what}. Did you mean ${meant}?`
  const file = error.code === 'commander.unknownCommand' ? /'(.+)'/.exec(what)?.[1] : undefined
  return file === undefined
    ? `${what}. See fanfold ${['estimate', 'plan', 'drill'].includes(args[0] ?? '') ? args[0] : 'verify'} --help.`
    : `${what}. Write fanfold verify ${file} --with …`
}
