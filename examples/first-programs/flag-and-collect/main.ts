/** Verifies contacts and collects what was found by reason, with a suggestion where there is one. */
import { Engine, verifierAt } from '@fanfold/core'
import type { Contact } from './verify-contact.ts'

const contacts: readonly Contact[] = [
  { name: 'Ada', email: 'ada@example.com', phone: '+441234567' },
  { name: 'Bob', email: 'bob@gmial.com', phone: '' },
  { name: 'Cleo', email: 'cleo@example.com', phone: '(030) 1234-567' },
  { name: 'Dan', email: 'nowhere', phone: '' },
  { name: 'Eve', email: 'eve@hotmial.com', phone: '030 99 88' },
]

const engine = new Engine()
try {
  const verifier = verifierAt<typeof import('./verify-contact.ts')>(new URL('./verify-contact.ts', import.meta.url))
  const run = engine.run(verifier, contacts, { order: 'input' })
  const byReason = new Map<string, string[]>()
  for await (const outcome of run) {
    const { name } = contacts[outcome.index]!
    if (outcome.status !== 'completed') {
      console.error(`${name} could not be verified: ${outcome.error?.message}`)
      continue
    }
    for (const { reason, path } of outcome.issues ?? []) {
      const found = path === '/email' ? outcome.value?.email : path === '/phone' ? outcome.value?.phone : undefined
      const entries = byReason.get(reason) ?? []
      byReason.set(reason, [...entries, found === undefined ? name : `${name} → ${found}`])
    }
  }
  for (const [reason, entries] of byReason) console.log(`${reason}: ${entries.join(', ')}`)
  const { verdicts } = await run.report()
  console.log(`${verdicts.pass} pass, ${verdicts.flag} to correct, ${verdicts.fail} fail`)
} finally {
  await engine.close()
}
