/** When a thread is replaced although nothing is wrong with it, for verifiers that leak. */
export interface Recycling {
  /** After so many tasks. */
  readonly tasks: number
  /** When its heap, garbage and buffers included, has grown to this, MB. */
  readonly heapMb: number
}

export const NEVER: Recycling = { tasks: Infinity, heapMb: Infinity }

export function isWornOut(
  { tasks, heapMb }: Recycling,
  done: { readonly tasks: number; readonly heapMb: number },
): boolean {
  return done.tasks >= tasks || done.heapMb >= heapMb
}
