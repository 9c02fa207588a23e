import type { Event } from '../events.ts'
import type { Scenario } from './scenario.ts'

/** What the application does at a step, or as soon as nothing else can happen. */
export interface Plan {
  readonly at: number
  readonly event: Event
}

export function plansOf({ verifiers, runs }: Scenario): Plan[] {
  const plans: Plan[] = []
  for (const { id, addAt, removeAt } of verifiers) {
    plans.push({ at: addAt, event: { type: 'verifierAdded', verifier: id } })
    if (removeAt !== undefined) plans.push({ at: addAt + removeAt, event: { type: 'verifierRemoved', verifier: id } })
  }
  for (const { id, verifier, settings, addAt, cancelAt } of runs) {
    const at = Math.max(addAt, verifiers.find((plan) => plan.id === verifier)!.addAt)
    plans.push({ at, event: { type: 'runAdded', run: id, verifier, options: settings } })
    if (cancelAt === undefined) continue
    plans.push({ at: at + cancelAt, event: { type: 'cancelRequested', run: id, reason: new Error('cancelled') } })
  }
  return plans.sort((a, b) => a.at - b.at) // stable: a verifier comes before the runs that use it
}
