import { chain } from '@fanfold/workers'
import type { Chain } from '@fanfold/workers'
import { adult, named, placed, reachable } from './customer-checks.ts'
import type { Customer } from './customer-checks.ts'

const checks: Chain<Customer> = chain([named, reachable, adult, placed])
export default checks
