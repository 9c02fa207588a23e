/**
 * The clock and the timers as they were before any verifier was imported: one that fakes them, for itself or through a
 * library, must not switch its own timeout off.
 */
export const clockMs: () => number = performance.now.bind(performance)
export const startTimer: typeof setTimeout = setTimeout
export const stopTimer: typeof clearTimeout = clearTimeout
export const startBeat: typeof setInterval = setInterval
export const stopBeat: typeof clearInterval = clearInterval
export const nextTurn: typeof setImmediate = setImmediate
