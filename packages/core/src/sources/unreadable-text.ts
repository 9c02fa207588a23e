/** What is wrong, and what to do. No imports: the thread that lists files is to start fast. */
export type Explanation = readonly [problem: string, remedy: string]

/** What the file system has said, for a person. */
export function explain(error: unknown): Explanation {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return ['there is no such file', 'Check the path; a relative one starts at the working directory.']
    case 'EACCES':
    case 'EPERM':
      return ['this user may not read it', 'Check its permissions and those of the folders above it.']
    default:
      return [error instanceof Error ? error.message : String(error), 'Check the path.']
  }
}

/** Says that an input is none. @param name - as given */
export function unreadableText(name: string, [problem, remedy]: Explanation): string {
  return `the input '${name}' cannot be read: ${problem}. ${remedy}`
}
