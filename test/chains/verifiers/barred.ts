import { appendFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { barrier, chain, fail, pass } from '@fanfold/workers'
import type { Answer, VerifyContext } from '@fanfold/workers'

interface Task {
  readonly n: number
  readonly fails?: boolean
}

interface Config {
  readonly log: string
}

async function first({ n, fails }: Task, { config }: VerifyContext<Config>): Promise<Answer> {
  await delay(n % 3)
  appendFileSync(config.log, 'first\n')
  return fails === true ? fail('first') : pass()
}

async function second(_task: Task, { config }: VerifyContext<Config>): Promise<boolean> {
  appendFileSync(config.log, 'second\n')
  await delay(1)
  return true
}

function third(_task: Task, { config }: VerifyContext<Config>): boolean {
  appendFileSync(config.log, 'third\n')
  return true
}

export const streaming = chain<Task, Config>([first, second, third])
export default chain<Task, Config>([first, barrier(), second, barrier(), third])
