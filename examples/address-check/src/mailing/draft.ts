import type { AddressRecord, Correction } from '../address.ts'
import type { Customer } from '../databases/customer-store.ts'
import type { DoNotMailEntry } from '../databases/do-not-mail.ts'
import type { PostcodePlace, RealAddress } from '../real-addresses.ts'
import type { SeededRandom } from '../seeded-random.ts'

/** What the verifier has to find in a record. */
export interface Expectation {
  readonly verdict: 'pass' | 'flag' | 'fail'
  /** All of them, in order; the first is the outcome's reason. */
  readonly reasons: readonly string[]
  readonly suggestion?: Correction
  readonly postalCity?: string
  readonly duplicateOf?: string
}

/** A record while it is made, with what the databases hold about it. */
export interface Draft {
  /** As it goes into the mailing; a defect may break its shape. */
  record: AddressRecord
  /** As it goes into the store; `undefined` leaves the customer out. */
  customer: Customer | undefined
  /** Further entries of the store. */
  readonly others: Customer[]
  readonly doNotMail: DoNotMailEntry[]
}

/** What a defect may draw on. */
export interface World {
  readonly random: SeededRandom
  /** A customer number that nobody has. */
  readonly newId: () => string
  readonly place: (postcode: string) => PostcodePlace | undefined
  /** One of the real addresses that fit. */
  readonly otherAddress: (fits: (address: RealAddress) => boolean) => RealAddress | undefined
}

/** One way in which a record can be wrong. */
export interface Defect {
  readonly kind: string
  /** One sentence, for the README. */
  readonly what: string
  /** Changes the draft and says what must be found, or leaves it alone and returns `undefined` if this record does not lend itself. */
  plant(draft: Draft, world: World): Expectation | undefined
}
