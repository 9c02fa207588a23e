import type { Command } from '../commands.ts'
import type { Event } from '../events.ts'

/** An event or a command in one line, without what is only passed on. */
export function tell(it: Event | Command): string {
  const { type, ...rest } = it
  const parts = Object.entries(rest).flatMap(([key, value]: [string, unknown]) =>
    ['batch', 'records', 'options'].includes(key) || value === undefined ? [] : [`${key} ${plain(value)}`],
  )
  return [type, ...parts].join(', ')
}

function plain(value: unknown): string {
  if (value instanceof Error) return `'${value.message}'`
  if (ArrayBuffer.isView(value)) return `[${(value as Uint32Array).join(' ')}]`
  return JSON.stringify(value)
}
