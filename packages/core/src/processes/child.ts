/** The module that a child process runs. */
import { ChildSession } from './child-session.ts'
import type { FromChild, ToChild } from './messages.ts'

/** At once, whatever its threads do: `process.exit()` would wait for one that is stuck in native code. */
const end = (): void => void process.kill(process.pid, 'SIGKILL')

// A terminal sends these to all of its processes. When to end is the parent's to say, and its death says it too.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})
process.on('disconnect', end)
if (!process.connected) end()
// Whoever read it is gone: that is no reason to lose verdicts.
process.stderr.on('error', () => {})

const send = (message: FromChild): void => {
  process.send!(message, undefined, undefined, () => {}) // there is a channel; and when it broke, 'disconnect' tells
}
let session: ChildSession | undefined
process.on('message', (message: ToChild) => {
  if (message.type === 'start') session = new ChildSession(message, send)
  else session!.handle(message) // the first message is `start`
})
