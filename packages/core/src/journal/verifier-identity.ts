import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { NamedModule } from '@fanfold/workers/protocol'
import type { VerifierIdentity } from './frames.ts'

/** A verifier's module; or several, each a check of its name. */
interface VerifierModules {
  readonly url: string
  readonly modules: readonly NamedModule[] | undefined
}

/**
 * How a verifier's module is known again: by the bytes of its file, not by those of the modules that it imports. A
 * module that cannot be read has no bytes; why it cannot be loaded is told by the engine.
 */
export async function verifierIdentity({ url, modules }: VerifierModules): Promise<VerifierIdentity> {
  const sha256 = createHash('sha256')
  if (modules === undefined) sha256.update(await bytesOf(new URL(url)))
  for (const { name, url: each } of modules ?? []) sha256.update(`${name}\n`).update(await bytesOf(new URL(each)))
  return { url: shortened((modules ?? [{ url }]).map((module) => module.url).join(' ')), sha256: sha256.digest('hex') }
}

async function bytesOf(url: URL): Promise<Uint8Array | string> {
  if (url.protocol !== 'file:') return url.href
  try {
    return await readFile(fileURLToPath(url))
  } catch {
    return url.href
  }
}

/** A `data:` URL is its own module, of any length. */
function shortened(href: string): string {
  return href.length > 200 ? `${href.slice(0, 200)}…` : href
}
