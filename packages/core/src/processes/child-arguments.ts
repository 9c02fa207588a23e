/** Of Node's own options: those that say what this process runs, or open a port that a second process cannot have. */
const OWN_SWITCHES = new Set(['-i', '--interactive', '-c', '--check', '--test', '--watch'])
/** The same, with a value: in the next argument, unless it stands behind `=`. */
const OWN_VALUES = new Set(['-e', '--eval', '-p', '-pe', '--print', '--input-type', '--inspect-port', '--debug-port'])

/** Which of the options that Node was started with, a child process is started with too. */
export function childArguments(execArgv: readonly string[]): string[] {
  const kept: string[] = []
  for (let i = 0; i < execArgv.length; i++) {
    const argument = execArgv[i]!
    const [name = ''] = argument.split('=', 1)
    if (OWN_VALUES.has(name)) {
      if (name === argument) i++
    } else if (!OWN_SWITCHES.has(name) && !name.startsWith('--inspect')) kept.push(argument)
  }
  return kept
}
