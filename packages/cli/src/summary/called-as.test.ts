import { expect, test } from 'vitest'
import { calledAs } from './called-as.ts'

test.each([
  ['by itself', {}, 'fanfold'],
  ['with what a shell inherits', { npm_config_user_agent: 'npm/11.6.0 node/v24.0.0 linux x64' }, 'fanfold'],
  ['by npx', { npm_command: 'exec', npm_config_user_agent: 'npm/11.6.0 node/v24.0.0 linux x64' }, 'npx fanfold'],
  ['from a script of npm', { npm_command: 'run-script', npm_lifecycle_event: 'nightly' }, 'npx fanfold'],
  [
    'by pnpm',
    { npm_command: 'run-script', npm_config_user_agent: 'pnpm/10.2.0 npm/? node/v24.0.0' },
    'pnpm exec fanfold',
  ],
  ['by something new', { npm_command: 'exec', npm_config_user_agent: 'new/1.0.0' }, 'fanfold'],
])('called %s', (_, env, expected) => {
  expect(calledAs(env)).toBe(expected)
})
