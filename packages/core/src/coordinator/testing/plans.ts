import type { CutShort, Event } from '../events.ts'
import type { Scenario } from './scenario.ts'

/** What the application does at a step, or as soon as nothing else can happen. */
export interface Plan {
  readonly at: number
  readonly event: Event
}

export function plansOf({ verifiers, runs, limitUpdate }: Scenario): Plan[] {
  const plans: Plan[] = []
  for (const { id, addAt, removeAt } of verifiers) {
    plans.push({ at: addAt, event: { type: 'verifierAdded', verifier: id } })
    if (removeAt !== undefined) plans.push({ at: addAt + removeAt, event: { type: 'verifierRemoved', verifier: id } })
  }
  for (const { id, verifier, tasks, isSizeKnown, settings, addAt, cancelAt, update, breakAt } of runs) {
    const at = Math.max(addAt, verifiers.find((plan) => plan.id === verifier)!.addAt)
    const known = {
      remainingTasks: isSizeKnown ? tasks.length : undefined,
      remainingBytes: isSizeKnown ? tasks.reduce((sum, { bytes }) => sum + bytes, 0) : undefined,
    }
    plans.push({ at, event: { type: 'runAdded', run: id, verifier, options: settings, ...known } })
    for (const [how, after] of Object.entries(cancelAt)) {
      const reason = new Error('cancelled')
      plans.push({ at: at + after, event: { type: 'cancelRequested', run: id, reason, how: how as CutShort } }) // its keys
    }
    if (update !== undefined)
      plans.push({ at: at + update.at, event: { type: 'runUpdated', run: id, concurrency: update.concurrency } })
    if (breakAt === undefined) continue
    plans.push({ at: at + breakAt, event: { type: 'runBroken', run: id, error: new Error('the journal broke') } })
  }
  if (limitUpdate !== undefined) {
    const { at, limit, settings } = limitUpdate
    plans.push({ at, event: { type: 'limitUpdated', limit, settings } })
  }
  return plans.sort((a, b) => a.at - b.at) // stable: a verifier comes before the runs that use it
}
