import { chain } from '@fanfold/workers'
import type { Chain } from '@fanfold/workers'
import type { Counted } from './counts-running.ts'
import counting from './counts-running.ts'

/** Two checks side by side, each counted. */
const checks: Chain<Counted> = chain({ one: counting, two: counting })
export default checks
