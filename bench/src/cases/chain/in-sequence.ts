import { adult, named, placed, reachable } from './customer-checks.ts'
import type { Customer } from './customer-checks.ts'

export default (customer: Customer): boolean =>
  named(customer) && reachable(customer) && adult(customer) && placed(customer)
