/** Used again for every payload: fresh memory costs page faults, more than the copy into the buffer that travels. */
let scratch = Buffer.alloc(0)

/** Aligned memory that holds until the next call. */
export function scratchOf(bytes: number): Buffer {
  // Not from Node's pool, which is shared with others.
  if (scratch.length < bytes) scratch = Buffer.allocUnsafeSlow(bytes)
  return scratch
}
