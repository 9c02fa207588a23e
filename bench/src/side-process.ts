/** The process in which one side is measured; started by rounds.ts, over whose IPC channel the measurement goes back. */
import { measureSide } from './measure-side.ts'
import type { SideRequest } from './measure-side.ts'

process.once('message', (request: SideRequest) => {
  measureSide(request).then(
    (measurement) => {
      process.send?.(measurement)
      process.disconnect()
    },
    (error: unknown) => {
      console.error(error)
      process.exit(1)
    },
  )
})
