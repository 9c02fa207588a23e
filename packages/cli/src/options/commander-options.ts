import { Option } from 'commander'
import type { Command } from 'commander'
import type { OptionSpec } from './option-spec.ts'

/** Adds the options of a table to a command, each under the heading of its group. */
export function addOptions(command: Command, table: Readonly<Record<string, OptionSpec<unknown>>>): void {
  for (const spec of Object.values(table)) command.addOption(toOption(spec))
}

/** The arguments, in which every option that stands without its optional value has that which this means. */
export function withBareValues(
  args: readonly string[],
  table: Readonly<Record<string, OptionSpec<unknown>>>,
): readonly string[] {
  const end = args.indexOf('--')
  const bare = new Map(
    Object.values(table).flatMap(({ flags, bareValue }) =>
      bareValue === undefined ? [] : [[flags.replace(/ .*/, ''), bareValue] as const],
    ),
  )
  return args.map((arg, at) => {
    const value = end >= 0 && at > end ? undefined : bare.get(arg)
    return value === undefined ? arg : `${arg}=${value}`
  })
}

/** For the help: an optional value stands behind an equals sign, without a space. */
export const nameOption = (option: Option): string => option.flags.replace(' [=', '[=')

/** For the help: the table says what the default is, so commander need not add it. */
export const describeOption = (option: Option): string => option.description

function toOption(spec: OptionSpec<unknown>): Option {
  const { flags, group, description, parse, isRepeatable, default: value, defaultText } = spec
  const shown = defaultText ?? (typeof value === 'string' ? value : undefined)
  const option = new Option(flags, shown === undefined ? description : `${description} (default: ${shown})`)
  option.helpGroup(`${group}:`)
  if (value !== undefined) option.default(value)
  const name = option.long ?? flags
  if (isRepeatable) option.argParser((text: string, before: readonly string[]) => [...before, text])
  else if (parse !== undefined) option.argParser((text: string) => parse(name, text))
  return option
}
