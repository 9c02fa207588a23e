import type { Event } from '../events.ts'
import { must } from './must.ts'
import type { SimulatedLane } from './simulated-lane.ts'

/** What has to be so when the coordinator has heard of this and was obeyed. */
export function checkAfter(event: Event, lanes: readonly SimulatedLane[]): void {
  if (event.type === 'laneDied') {
    const { id, isGivenUp, failedStarts } = lanes[event.lane]!
    must(!isGivenUp || failedStarts >= 3, `lane ${id} is given up after ${failedStarts} failed starts`)
    const isAnyLeft = lanes.some(({ phase }) => phase.name !== 'stuck' && phase.name !== 'closed')
    must(isAnyLeft || lanes.every((lane) => lane.isGivenUp), 'every lane is stuck, and none was opened again')
  }
  if (event.type === 'cancelRequested') {
    for (const { id, phase } of lanes) {
      if (phase.name !== 'working' || phase.work.dispatch.run !== event.run) continue
      const isTold = phase.isAborted || (event.how === 'soon' && phase.isStopped)
      must(isTold || phase.isOverdue, `lane ${id} goes on with a cancelled run`)
    }
  }
}
