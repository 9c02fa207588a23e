import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder of this test file's own. */
export class Folder {
  readonly path: string = mkdtempSync(join(tmpdir(), 'fanfold-sources-'))

  /** @returns the path of the new file */
  file(name: string, content: string | Uint8Array): string {
    const path = join(this.path, name)
    writeFileSync(path, content)
    return path
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true })
  }
}
