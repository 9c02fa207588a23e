/** @import { Reporter, TestModule, TestRunEndReason } from 'vitest/node' */

/**
 * Ends a test run with the line `N passed, N failed`, as the runner counted. A file that does not load, a hook that
 * throws, a test that was never run to its end and an error outside of any test each count as one failure, so the run
 * has failed exactly when the second number is not 0.
 *
 * @implements {Reporter}
 */
export class CountReporter {
  /**
   * @param {ReadonlyArray<TestModule>} modules
   * @param {ReadonlyArray<unknown>} unhandledErrors
   * @param {TestRunEndReason} reason
   */
  onTestRunEnd(modules, unhandledErrors, reason) {
    const counts = { passed: 0, failed: unhandledErrors.length, skipped: 0 }
    for (const module of modules) {
      for (const part of [module, ...module.children.allSuites()]) if (part.errors().length > 0) counts.failed += 1
      for (const test of module.children.allTests()) {
        const { state } = test.result()
        counts[state === 'pending' ? 'failed' : state] += 1
      }
    }
    if (reason !== 'passed' && counts.failed === 0) counts.failed = 1
    // The other reporters, and what the runner says about threads that would not end, come first.
    process.once('exit', () => {
      if (counts.skipped > 0) console.log(`${counts.skipped} skipped`)
      console.log(`${counts.passed} passed, ${counts.failed} failed`)
    })
  }
}
