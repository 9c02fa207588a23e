import { run } from './processes.ts'
import { root } from './documents.ts'

/** One option as `fanfold <command> --help` tells it. */
export interface HelpOption {
  readonly group: string
  readonly flags: string
  /** With its default at the end, in brackets. */
  readonly description: string
}

/** Reads the options out of a command's help, which the command line makes from its one table. */
export async function helpOptions(command: 'verify' | 'estimate' | 'plan' | 'drill'): Promise<readonly HelpOption[]> {
  const { stdout } = await run(root, 'fanfold', command, '--help')
  const options: HelpOption[] = []
  let group = ''
  for (const line of stdout.split('\n')) {
    const heading = /^(\S.*):$/.exec(line)?.[1]
    const [, flags, description] = /^ {2}(-\S.*?) {2,}(\S.*)$/.exec(line) ?? []
    const continued = /^ {10,}(\S.*)$/.exec(line)?.[1]
    const last = options.at(-1)
    if (heading !== undefined) group = heading
    else if (flags !== undefined && description !== undefined) options.push({ group, flags, description })
    else if (continued !== undefined && last?.group === group)
      options.splice(-1, 1, { ...last, description: `${last.description} ${continued}` })
  }
  return options
}

/** The options as a Markdown table. */
export function optionsTable(options: readonly HelpOption[]): string {
  const rows = options.map(
    ({ flags, description }) => `| \`${flags}\` | ${description.replaceAll('|', String.raw`\|`)} |`,
  )
  return ['| option | meaning |', '|---|---|', ...rows].join('\n')
}
