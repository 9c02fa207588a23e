import type { Command } from './commands.ts'
import type { Event } from './events.ts'

/** Events and commands that are remembered. */
const LENGTH = 64
const FIELDS = ['lane', 'assignment', 'run', 'shard', 'verifier'] as const

/**
 * The last events and commands, for the error that says what led to it. Names and numbers only: what they carry would
 * be kept in memory. Writing them down costs some 20 ns.
 */
export class Story {
  readonly #entries: (string | number | undefined)[] = []
  #at = 0

  add(it: Event | Command): void {
    const entries = this.#entries
    let at = this.#at
    entries[at++] = it.type
    // Any of them has some of these fields, and no other meaning for them.
    const fields = it as Partial<Record<(typeof FIELDS)[number], number>>
    entries[at++] = fields.lane
    entries[at++] = fields.assignment
    entries[at++] = fields.run
    entries[at++] = fields.shard
    entries[at++] = fields.verifier
    this.#at = at === LENGTH * (FIELDS.length + 1) ? 0 : at
  }

  /** Oldest first. */
  lines(): string[] {
    const ordered = [...this.#entries.slice(this.#at), ...this.#entries.slice(0, this.#at)]
    const lines: string[] = []
    for (let at = 0; at < ordered.length; at += FIELDS.length + 1) {
      const known = FIELDS.flatMap((field, i) => {
        const value = ordered[at + 1 + i]
        return value === undefined ? [] : [`${field} ${value}`]
      })
      lines.push([ordered[at], ...known].join(' '))
    }
    return lines
  }
}
