import { isPayment } from './records.ts'
import type { Payment } from './records.ts'

export default (payment: Payment): boolean => isPayment(payment)
