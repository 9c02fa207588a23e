import { pass } from '@fanfold/workers'
import type { Verdict } from '@fanfold/workers'
import type { Invoice } from './invoices.ts'
import { makeInvoice } from './invoices.ts'

export default (n: number): Verdict<Invoice> => pass(makeInvoice(n))
