import { chain, check } from '@fanfold/workers'
import { consent } from './checks/consent.ts'
import { crm } from './checks/crm.ts'
import { postal } from './checks/postal.ts'

/** Three checks side by side on each customer, one for each database. None of them waits for another, or fails with it. */
export default chain([{ crm, consent: check(consent, { retry: { retries: 2 } }), postal }])
