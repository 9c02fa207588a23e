import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const repository = fileURLToPath(new URL('../../../../', import.meta.url))

/** The code as it was at a commit, built in a folder of its own outside of this checkout. */
export interface EarlierVersion {
  /** Why there is none, where the commit is not in this checkout's history. */
  readonly missing: () => string | undefined
  /** Takes it from the history, installs what its lockfile names, and builds it; does nothing that is done already. */
  readonly build: () => void
  /** The entry point of its `@fanfold/core`, when it is built. */
  readonly core: URL
}

export function earlierVersion(commit: string): EarlierVersion {
  const folder = join(tmpdir(), `fanfold-${commit.slice(0, 12)}`)
  return {
    missing() {
      const { status } = spawnSync('git', ['cat-file', '-e', `${commit}^{commit}`], {
        cwd: repository,
        stdio: 'ignore',
      })
      if (status === 0) return undefined
      return `the history of this checkout has no commit ${commit.slice(0, 7)}: get it with git fetch --unshallow`
    },
    build() {
      if (!existsSync(folder)) takeOut(commit, folder)
      execFileSync(process.execPath, ['scripts/setup.mjs'], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] })
    },
    core: pathToFileURL(join(folder, 'packages/core/dist/index.js')),
  }
}

/** All of it or nothing. */
function takeOut(commit: string, folder: string): void {
  const unfinished = `${folder}.part`
  rmSync(unfinished, { recursive: true, force: true })
  mkdirSync(unfinished)
  const archive = execFileSync('git', ['archive', commit], { cwd: repository, maxBuffer: Infinity })
  execFileSync('tar', ['-x', '-C', unfinished], { input: archive })
  renameSync(unfinished, folder)
}
