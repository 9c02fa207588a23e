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
      // Whatever a library leaves open, the next side does not wait for it.
      process.send?.(measurement, () => process.exit())
    },
    (error: unknown) => {
      console.error(error)
      process.exit(1)
    },
  )
})
