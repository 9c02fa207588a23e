import type { AddressRecord, Advice, PostalAddress } from '../address.ts'
import { reasonsOf, type Judgement } from '../judgement.ts'
import { cut, tableLines } from './table.ts'

const ADDRESS_WIDTH = 52

/** The first flagged addresses: which, why, and what is proposed. */
export function flaggedTable(
  judgements: readonly Judgement[],
  mailing: readonly AddressRecord[],
  rows: number,
  width: number,
): string[] {
  const first = judgements.filter(({ verdict }) => verdict === 'flag').slice(0, rows)
  return tableLines(
    [{ title: 'line', align: 'right' }, { title: 'address' }, { title: 'reason' }, { title: 'suggestion' }],
    first.map((judgement) => {
      const record = mailing[judgement.index]
      const more = reasonsOf(judgement).length - 1
      return [
        String(judgement.index + 1),
        record === undefined ? '' : cut(inOneLine(record), ADDRESS_WIDTH),
        `${reasonsOf(judgement)[0] ?? ''}${more > 0 ? ` +${more}` : ''}`,
        proposal(judgement.advice),
      ]
    }),
    width,
  )
}

function inOneLine({ street, city, state, postcode }: PostalAddress): string {
  return [street, city ?? '(no city)', `${state} ${postcode}`].join(', ')
}

/** `city: Manchester`, a whole new address, or the number of the other entry. */
function proposal({ suggestion = {}, duplicateOf }: Advice = {}): string {
  const { street, city, state, postcode, ...rest } = suggestion
  const whole = street !== undefined && state !== undefined && postcode !== undefined
  const fields = whole
    ? [['now', inOneLine({ street, state, postcode, ...(city === undefined ? {} : { city }) })] as const]
    : Object.entries({ street, city, state, postcode, ...rest }).filter(([, value]) => value !== undefined)
  const parts = fields.map(([field, value]) => `${field}: ${String(value)}`)
  return [...parts, ...(duplicateOf === undefined ? [] : [`also on file as ${duplicateOf}`])].join(', ')
}
