/**
 * The clock and the timers as they were before any verifier was imported: one that fakes them, for itself or through a
 * library, must not switch its own timeout off.
 */
export const clockMs: () => number = performance.now.bind(performance)
export const startTimer: typeof setTimeout = setTimeout
export const stopTimer: typeof clearTimeout = clearTimeout
export const startBeat: typeof setInterval = setInterval
export const stopBeat: typeof clearInterval = clearInterval
export const atTurnsEnd: typeof queueMicrotask = queueMicrotask
export const nextTurn: typeof setImmediate = setImmediate
/** How long this thread's event loop has been busy, and has had nothing to do, since it began, ms. */
export const loopTimes: () => { readonly active: number; readonly idle: number } =
  performance.eventLoopUtilization.bind(performance)

const monotonicNs: () => bigint = process.hrtime.bigint.bind(process.hrtime)
/** ms of the monotonic clock, which has one beginning for all threads and processes of this machine. */
export const monotonicMs: () => number = (): number => Number(monotonicNs()) / 1e6
