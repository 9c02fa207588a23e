/** By which word the program is called through each package manager, whose folder of programs is on no shell's path. */
const THROUGH: Readonly<Record<string, string>> = {
  npm: 'npx fanfold',
  pnpm: 'pnpm exec fanfold',
  yarn: 'yarn fanfold',
  bun: 'bunx fanfold',
}

/**
 * How the user can call this program once more, as far as that can be known: a package manager says in the environment
 * that it has started it, whether by `npx` or from a script.
 */
export function calledAs(env: NodeJS.ProcessEnv): string {
  const { npm_command: command, npm_lifecycle_event: event, npm_config_user_agent: agent } = env
  if (command === undefined && event === undefined) return 'fanfold'
  // `npm/11.6.0 node/v24.0.0 linux x64`
  const [manager = ''] = (agent ?? 'npm').split('/')
  return THROUGH[manager] ?? 'fanfold'
}
