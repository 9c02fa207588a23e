/** The process in which one side is measured; started by rounds.ts, over whose IPC channel the measurement goes back. */
import { measureSide } from './measure-side.ts'
import type { SideRequest } from './measure-side.ts'

// The one that started this is gone, and nobody waits for the measurement.
const onOrphaned = (): never => process.exit(1)
process.once('disconnect', onOrphaned)
process.once('message', (request: SideRequest) => {
  measureSide(request).then(
    (measurement) => {
      process.off('disconnect', onOrphaned)
      process.send?.(measurement)
      process.disconnect()
    },
    (error: unknown) => {
      console.error(error)
      process.exit(1)
    },
  )
})
