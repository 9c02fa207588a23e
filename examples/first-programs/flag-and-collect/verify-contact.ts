import { defineVerifier, fail, flag, pass } from '@fanfold/workers'
import type { Issue } from '@fanfold/workers'

export interface Contact {
  readonly name: string
  readonly email: string
  readonly phone: string
}

/** What the contact should probably be. */
export type Suggestion = Partial<Contact>

const MISSPELT = new Map([
  ['gmial.com', 'gmail.com'],
  ['hotmial.com', 'hotmail.com'],
])

/** Flags what a person should correct, and suggests how; fails what nobody can reach. */
export default defineVerifier<Contact, unknown, undefined, Suggestion>({
  verify(contact) {
    const issues: Issue[] = []
    const suggestion: { -readonly [Field in keyof Contact]?: string } = {}
    const [user = '', domain] = contact.email.split('@')
    if (domain === undefined && contact.phone === '') return fail('unreachable')

    const meant = MISSPELT.get(domain ?? '')
    if (meant !== undefined) {
      issues.push({ reason: 'misspelt-domain', path: '/email', message: `${domain} is probably ${meant}` })
      suggestion.email = `${user}@${meant}`
    }
    const digits = contact.phone.replaceAll(/[\s()/-]/g, '')
    if (contact.phone !== digits) {
      issues.push({ reason: 'phone-format', path: '/phone' })
      suggestion.phone = digits
    }
    return issues.length === 0 ? pass() : flag(issues, suggestion)
  },
})
