import { isTrue } from '../../../fixed-work.ts'
import type { Claim } from '../../../fixed-work.ts'

export default (claim: Claim): boolean => isTrue(claim)
