import { threadId } from 'node:worker_threads'
import type { SessionStart } from '../protocol.ts'
import { sendStdoutToStderr } from './console-to-stderr.ts'
import { Session } from './session.ts'

/** The one task that a thread runs for its pool: it starts the session, which lives on with its port. */
export function startSession(start: SessionStart): number {
  sendStdoutToStderr(`thread ${start.thread}`)
  Session.start(start)
  return threadId
}
