/** How long items are that travel as one stretch, in bytes. */
export type Lengths = Uint8Array | Uint16Array | Uint32Array
/** Of an integer among them. */
export type LengthBytes = 1 | 2 | 4

/** The narrowest integers that hold the longest. */
export function lengthBytesFor(longest: number): LengthBytes {
  return longest < 1 << 8 ? 1 : longest < 1 << 16 ? 2 : 4
}

/** `count` lengths at the start of `bytes`: a view, or a copy where they are not aligned. */
export function lengthsIn(bytes: Uint8Array, count: number, lengthBytes: LengthBytes): Lengths {
  const size = count * lengthBytes
  const { buffer, byteOffset } = bytes.byteOffset % lengthBytes === 0 ? bytes : bytes.slice(0, size)
  if (lengthBytes === 1) return new Uint8Array(buffer, byteOffset, count)
  if (lengthBytes === 2) return new Uint16Array(buffer, byteOffset, count)
  return new Uint32Array(buffer, byteOffset, count)
}
