import { defineConfig } from 'vitest/config'
import { CountReporter } from './scripts/count-reporter.mjs'

export default defineConfig({
  test: {
    include: ['packages/*/src/**/*.test.ts', 'test/**/*.test.ts', 'examples/*/test/**/*.test.ts', 'bench/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    // Real threads are started and ended by the tests; a process each keeps one file's threads out of the next one's.
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    // What is polled for is waited for: on a busy machine a second, which is the default, is no time.
    expect: { poll: { timeout: 30_000 } },
    hookTimeout: 60_000,
    teardownTimeout: 30_000,
    reporters: ['default', new CountReporter()],
    // The built packages start threads from their own `import.meta.url`, so Node itself has to load them.
    server: { deps: { external: [/\/packages\/[^/]+\/dist\//] } },
    typecheck: {
      enabled: true,
      include: ['packages/*/src/**/*.test-d.ts', 'test/**/*.test-d.ts'],
      tsconfig: 'tsconfig.check.json',
      // Errors elsewhere are found, and named better, by `npm run check`.
      ignoreSourceErrors: true,
    },
  },
})
