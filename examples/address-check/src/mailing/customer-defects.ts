import type { PostalAddress } from '../address.ts'
import { splitStreet } from '../matching/normalise.ts'
import type { Defect } from './draft.ts'
import { canBeMisspelt, misspell } from './misspell.ts'
import { inventName } from './people.ts'

/** What the databases know better about the customer. The address is a real one. */
export const customerDefects: readonly Defect[] = [
  {
    kind: 'moved',
    what: 'the store holds a newer address, and this one as the previous',
    plant(draft, { otherAddress }) {
      const { customer, record } = draft
      const newer = otherAddress(
        (other) =>
          other.state === record.state && other.city !== undefined && splitStreet(other.street).number !== undefined,
      )
      if (customer === undefined || newer === undefined || newer.street === record.street) return undefined
      const { lat: _lat, lon: _lon, ...current } = newer
      draft.customer = { ...customer, current, previous: customer.current }
      return { verdict: 'flag', reasons: ['moved'], suggestion: { ...current } }
    },
  },
  {
    kind: 'address-not-on-file',
    what: 'the store knows another street, and no move',
    plant(draft) {
      const { customer } = draft
      if (customer === undefined) return undefined
      const current: PostalAddress = { ...customer.current, street: '1200 Quarrystone Esplanade' }
      draft.customer = { ...customer, current }
      return { verdict: 'flag', reasons: ['address-not-on-file'], suggestion: { ...current } }
    },
  },
  {
    kind: 'do-not-mail',
    what: 'the customer objected to mail',
    plant(draft) {
      draft.doNotMail.push({ customerId: draft.record.customerId, on: '2026-02-11', wish: 'stop' })
      return { verdict: 'flag', reasons: ['do-not-mail'] }
    },
  },
  {
    kind: 'do-not-mail-withdrawn',
    what: 'objected and took it back: not a defect, and must pass',
    plant(draft) {
      const { customerId } = draft.record
      draft.doNotMail.push(
        { customerId, on: '2025-03-01', wish: 'stop' },
        { customerId, on: '2026-05-20', wish: 'resume' },
      )
      return { verdict: 'pass', reasons: [] }
    },
  },
  {
    kind: 'do-not-mail-and-misspelt',
    what: 'two defects at once: both are reported, the graver first',
    plant(draft, { random }) {
      const { customerId, name } = draft.record
      if (!canBeMisspelt(name)) return undefined
      draft.doNotMail.push({ customerId, on: '2026-06-30', wish: 'stop' })
      draft.record = { ...draft.record, name: misspell(name, random) }
      return { verdict: 'flag', reasons: ['do-not-mail', 'probable-misspelling'], suggestion: { name } }
    },
  },
  {
    kind: 'unknown-customer',
    what: 'nobody of that number or name is on file',
    plant(draft) {
      draft.customer = undefined
      return { verdict: 'fail', reasons: ['unknown-customer'] }
    },
  },
  {
    kind: 'mistyped-customer-number',
    what: 'nobody has that number, but the person is on file under another',
    plant(draft, { newId }) {
      const { customerId } = draft.record
      draft.record = { ...draft.record, customerId: newId() }
      return { verdict: 'flag', reasons: ['unknown-customer'], suggestion: { customerId } }
    },
  },
  {
    kind: 'misspelt-name',
    what: "a slip of the pen in the customer's name",
    plant(draft, { random }) {
      const { name } = draft.record
      if (!canBeMisspelt(name)) return undefined
      draft.record = { ...draft.record, name: misspell(name, random) }
      return { verdict: 'flag', reasons: ['probable-misspelling'], suggestion: { name } }
    },
  },
  {
    kind: 'name-mismatch',
    what: 'the number belongs to somebody else',
    plant(draft, { random }) {
      const { name } = draft.record
      const [first, last] = name.split(' ')
      const other = inventName(random)
      // A relative's name is too like for a test of this.
      if (other.split(' ').some((word) => word === first || word === last)) return undefined
      draft.record = { ...draft.record, name: other }
      return { verdict: 'flag', reasons: ['name-mismatch'], suggestion: { name } }
    },
  },
  {
    kind: 'duplicate-name',
    what: 'the same person is on file twice, once misspelt',
    plant(draft, { random, newId }) {
      const { customer } = draft
      if (customer === undefined || !canBeMisspelt(customer.name)) return undefined
      const id = newId()
      draft.others.push({ ...customer, id, name: misspell(customer.name, random) })
      return { verdict: 'flag', reasons: ['possible-duplicate'], duplicateOf: id }
    },
  },
  {
    kind: 'duplicate-number',
    what: 'the same person is on file twice, once with a digit of the house number missing',
    plant(draft, { newId }) {
      const { customer } = draft
      const { number = '', name = '' } = customer === undefined ? {} : splitStreet(customer.current.street)
      if (customer === undefined || !/^\d{3,}$/.test(number)) return undefined
      const id = newId()
      draft.others.push({ ...customer, id, current: { ...customer.current, street: `${number.slice(0, -1)} ${name}` } })
      return { verdict: 'flag', reasons: ['possible-duplicate'], duplicateOf: id }
    },
  },
]
