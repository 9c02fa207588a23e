/**
 * The atomic operations as they were before any verifier was imported: one that replaces them must not hide from the
 * main thread what runs here, nor what is to be stopped.
 */
export const load: typeof Atomics.load = Atomics.load
export const store: typeof Atomics.store = Atomics.store
export const add: typeof Atomics.add = Atomics.add
export const compareExchange: typeof Atomics.compareExchange = Atomics.compareExchange
export const sub: typeof Atomics.sub = Atomics.sub
