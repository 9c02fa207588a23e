import { open } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * Makes durable that a file is in its folder under this name, where the platform lets folders be synced: for a
 * {@link JournaledOutput} that was made or renamed. Never rejects.
 */
export async function syncFolderOf(path: string): Promise<void> {
  try {
    const folder = await open(dirname(path), 'r')
    try {
      await folder.sync()
    } finally {
      await folder.close()
    }
  } catch {
    // Windows opens no folders, and some network file systems sync none.
  }
}
