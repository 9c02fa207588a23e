import { Deserializer, Serializer } from 'node:v8'

/**
 * A value as bytes, by the structured clone algorithm: what arrives is what a `MessagePort` would have delivered. Not
 * `v8.serialize`, which keeps a `Buffer` a `Buffer`, and copies shared memory without a word.
 *
 * @throws {Error} for what cannot be cloned, or is tied to its process (shared memory, keys, ports). Some of Node's own
 * classes (`Blob`) become `{}` without an error: whoever needs to know looks for them.
 */
export function serialisePlain(value: unknown): Uint8Array {
  const serializer = new Serializer()
  serializer.writeHeader()
  serializer.writeValue(value)
  return serializer.releaseBuffer()
}

/** What {@link serialisePlain} was given; shares no memory with `bytes`. */
export function deserialisePlain(bytes: Uint8Array): unknown {
  const deserializer = new Deserializer(bytes)
  deserializer.readHeader()
  return deserializer.readValue()
}
