#!/usr/bin/env node
/**
 * Only what every Node can run: an older one has to get a sentence, not the first thing that it does not know. So
 * everything else is imported after the check.
 */
const OLDEST: readonly [major: number, minor: number] = [22, 18]

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) {
  void import('./main.ts').then(({ main }) => main(process.argv.slice(2)))
} else {
  process.stderr.write(
    `fanfold: Node ${OLDEST.join('.')} or newer is needed, and this is ${process.versions.node}. ` +
      'Install a newer one from https://nodejs.org (FANFOLD_NODE_TOO_OLD).\n',
  )
  process.exitCode = 2
}
