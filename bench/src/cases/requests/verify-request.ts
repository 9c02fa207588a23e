import { isTrue } from '../../fixed-work.ts'
import type { Claim } from '../../fixed-work.ts'
import { isIban } from '../strings-iban/iban.ts'

/** A request is a string; what runs beside it is a batch of claims. */
export default (item: string | Claim): boolean => (typeof item === 'string' ? isIban(item) : isTrue(item))
