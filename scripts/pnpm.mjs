/** What `npx` runs. (A `packageManager` field would have pnpm add itself to the lockfile, and corepack step in.) */
export const PNPM = 'pnpm@12.21.0'
