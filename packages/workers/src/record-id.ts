/** Takes a task's `id` out of its item; `undefined` if the item has no such field. */
export type ReadId = (item: unknown) => unknown

/**
 * @param id a JSON pointer (`/customer/id`, RFC 6901) or the name of a field (`customerId`); only own properties count
 */
export function compileId(id: string): ReadId {
  if (!id.startsWith('/')) return (item) => simple(ownField(item, id))
  const path = id
    .slice(1)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
  return (item) => {
    let value = item
    for (const name of path) value = ownField(value, name)
    return simple(value)
  }
}

/** An id is a text, a number or a truth value; a whole object would be a copy of the record, and may not be sendable. */
function simple(value: unknown): unknown {
  return typeof value === 'object' || typeof value === 'function' || typeof value === 'symbol' ? undefined : value
}

function ownField(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
  // Just seen to be there; its type is the user's.
  return (value as Readonly<Record<string, unknown>>)[name]
}
