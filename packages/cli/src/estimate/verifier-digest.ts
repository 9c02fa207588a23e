import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { Estimate } from './estimate-file.ts'

/** How a verifier and its configuration are known again. */
export async function verifierDigest(
  url: string,
  config: unknown,
): Promise<Pick<Estimate['verifier'], 'sha256' | 'config'>> {
  const bytes = url.startsWith('file:') ? await readFile(new URL(url)).catch(() => url) : url
  return { sha256: digest(bytes), config: digest(JSON.stringify(sorted(config))) }
}

function digest(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** The order of the keys is no difference. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return entries.map(([key, inside]) => [key, sorted(inside)])
}
