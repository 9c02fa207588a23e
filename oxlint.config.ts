/**
 * The linter's rules. Formatting is oxfmt's; this file holds what is right or wrong, and who may import whom.
 *
 * `no-restricted-imports` is the one rule that most of the overrides set, and the last override that matches a file
 * replaces it whole; so every override below builds its complete list of patterns. `test/tooling/rules.test.ts` plants a
 * violation of each and sees it fail.
 */
import type { OxlintConfig, OxlintOverride } from 'oxlint'

interface Pattern {
  readonly regex?: string
  readonly group?: readonly string[]
  readonly message: string
}

const CONTRACTS = ['errors', 'options', 'outcome']
const FOUNDATION = [...CONTRACTS, 'policy', 'sources', 'journal']
const MIDDLE = ['coordinator', 'merge', 'report', 'backend', ...FOUNDATION]
/**
 * Modules of `packages/core/src`, each a file or a folder of that name, and the ones it may import beside itself. A file
 * that is not here (`index.ts`) may import all of them, and none of them may import it.
 */
export const CORE: Readonly<Record<string, readonly string[]>> = {
  engine: ['run', 'threads', 'processes', ...MIDDLE],
  // The backend is reached through its port only, so these two do not know each other.
  run: MIDDLE,
  threads: MIDDLE,
  // A child process drives one thread of its own.
  processes: ['threads', ...MIDDLE],
  merge: MIDDLE,
  report: MIDDLE,
  backend: MIDDLE,
  coordinator: ['policy', ...CONTRACTS],
  sources: FOUNDATION,
  journal: FOUNDATION,
  policy: CONTRACTS,
  errors: CONTRACTS,
  options: CONTRACTS,
  outcome: CONTRACTS,
}
/** Deterministic: no clock, no thread, no promise, no input or output. */
const PURE = ['coordinator', 'policy']
const IMPURE_GLOBALS = [
  'AbortController',
  'Atomics',
  'Date',
  'MessageChannel',
  'Promise',
  'SharedArrayBuffer',
  'console',
  'fetch',
  'performance',
  'process',
  'queueMicrotask',
  'setImmediate',
  'setInterval',
  'setTimeout',
]
/** How deep folders may be nested inside a module of core. */
const MAX_DEPTH = 3

const TESTS = ['**/*.test.ts', '**/*.test-d.ts', '**/testing/**']

const NO_DEEP_IMPORT: readonly Pattern[] = [
  {
    regex: '^(@fanfold/[^/]+|fanfold)/(src|dist)(/|$)',
    message: 'Import what the package exports, not a file inside it.',
  },
  {
    regex: '^(\\.\\./)+(packages/)?(workers|core|cli)/(src|dist)(/|$)',
    message: 'Import another package by its name.',
  },
]
const NO_PISCINA: Pattern = {
  regex: '^piscina(/|$)',
  message: 'Only packages/core/src/threads knows Piscina; everything else drives it through backend.ts.',
}
const NO_CLI: Pattern = { regex: '^fanfold(/|$)', message: 'Nothing imports the command line: cli → core → workers.' }
const NO_CORE: Pattern = { regex: '^@fanfold/core(/|$)', message: 'Imports go down only: cli → core → workers.' }
const NO_WORKERS: Pattern = {
  regex: '^@fanfold/workers(/|$)',
  message: '`workers` imports its own files by their path.',
}
const PURE_ONLY: Pattern = {
  regex: '^[a-z]',
  message: 'Pure code: no node: module and no library here. What it needs to know comes in as an event.',
}
const PUBLIC_ONLY: readonly Pattern[] = [
  {
    regex: '^(\\.\\./)+packages/',
    message: 'Import the package by its name: what users can do is what is shown here.',
  },
  {
    regex: '^@fanfold/workers/(protocol|host-channel|small-messages)$',
    message: 'The protocol is between core and workers, and not public.',
  },
]

const inCore = [NO_CLI, NO_CORE, ...NO_DEEP_IMPORT]

const config: OxlintConfig = {
  options: { typeAware: true, denyWarnings: true, reportUnusedDisableDirectives: 'error' },
  plugins: ['typescript', 'import', 'unicorn', 'oxc', 'promise', 'node'],
  ignorePatterns: ['**/dist/**', '**/node_modules/**'],
  categories: { correctness: 'error', suspicious: 'error' },
  rules: {
    'eslint/eqeqeq': 'error',
    'eslint/no-var': 'error',
    'eslint/prefer-const': 'error',
    'import/no-cycle': ['error', { ignoreTypes: false }],
    'typescript/ban-ts-comment': 'error',
    'typescript/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
    'typescript/no-explicit-any': 'error',
    'typescript/no-floating-promises': 'error',
    'typescript/no-misused-promises': 'error',
    'typescript/no-require-imports': 'error',
    'typescript/only-throw-error': 'error',
    'typescript/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    'unicorn/filename-case': ['error', { case: 'kebabCase' }],
    'unicorn/prefer-node-protocol': 'error',
    // Suspicious elsewhere, usual here. Casts say why in a comment; what comes from users need not be what its type says.
    'eslint/no-shadow': 'off',
    'eslint/no-underscore-dangle': 'off',
    'eslint/no-unmodified-loop-condition': 'off',
    'import/no-named-as-default': 'off',
    'import/no-named-as-default-member': 'off',
    'import/no-unassigned-import': 'off',
    'promise/always-return': 'off',
    'promise/no-promise-in-callback': 'off',
    'typescript/consistent-return': 'off',
    'typescript/no-unnecessary-type-conversion': 'off',
    'typescript/no-unnecessary-type-parameters': 'off',
    'typescript/no-unsafe-type-assertion': 'off',
    'unicorn/consistent-function-scoping': 'off',
    'unicorn/no-array-reverse': 'off',
    'unicorn/no-array-sort': 'off',
    // A copy that is iterated while its original changes is not useless.
    'unicorn/no-useless-spread': 'off',
    'unicorn/prefer-add-event-listener': 'off',
    // A port's postMessage has no origin.
    'unicorn/require-post-message-target-origin': 'off',
  },
  overrides: [
    ...['bench', 'examples', 'test'].map((folder) =>
      imports([`${folder}/**`], [...PUBLIC_ONLY, ...NO_DEEP_IMPORT, ...(folder === 'bench' ? [] : [NO_PISCINA])]),
    ),
    imports(['packages/workers/src/**'], [NO_CLI, NO_CORE, NO_WORKERS, NO_PISCINA, ...NO_DEEP_IMPORT]),
    imports(['packages/cli/src/**'], [NO_CLI, NO_PISCINA, ...NO_DEEP_IMPORT]),
    imports(['packages/core/src/**'], [...inCore, NO_PISCINA]),
    ...Object.entries(CORE).flatMap(([module, below]) => coreModule(module, below)),
    {
      files: PURE.map((module) => `packages/core/src/${module}/**`),
      excludeFiles: TESTS,
      rules: {
        'eslint/no-restricted-globals': ['error', ...IMPURE_GLOBALS],
        'eslint/no-restricted-properties': ['error', { object: 'Math', property: 'random' }],
      },
    },
    {
      files: ['packages/*/src/**'],
      excludeFiles: TESTS,
      rules: {
        // An `import('./x.ts').Y` in a type escapes the import rules above.
        'typescript/consistent-type-imports': ['error', { disallowTypeAnnotations: true }],
        'eslint/no-console': 'error',
      },
    },
    {
      files: ['packages/{core,workers}/src/**'],
      // A verifier module's verifier is its default export, and so is what Piscina calls in a thread.
      excludeFiles: [...TESTS, 'packages/workers/src/verifiers/**', 'packages/workers/src/thread/entry.ts'],
      rules: { 'import/no-default-export': 'error' },
    },
    {
      files: TESTS,
      plugins: ['typescript', 'import', 'unicorn', 'oxc', 'promise', 'node', 'vitest'],
      rules: {
        'vitest/no-disabled-tests': 'error',
        'vitest/no-focused-tests': 'error',
        'vitest/no-identical-title': 'error',
      },
    },
    {
      // A server whose handler is async is how people write it; what it throws is seen as an unhandled rejection.
      files: ['examples/**'],
      rules: { 'typescript/no-misused-promises': ['error', { checksVoidReturn: { arguments: false } }] },
    },
    {
      // The builds' tsconfig.json leave these out, and without noUncheckedIndexedAccess the linter takes every `!` for needless.
      files: ['bench/**', 'examples/**', 'test/**', 'scripts/**', ...TESTS],
      rules: { 'typescript/no-unnecessary-type-assertion': 'off' },
    },
  ],
}

export default config

function imports(files: string[], patterns: readonly Pattern[], excludeFiles: string[] = []): OxlintOverride {
  return { files, excludeFiles, rules: { 'eslint/no-restricted-imports': ['error', { patterns: [...patterns] }] } }
}

/** One override for the module as a file, and one for each depth in its folder, where the way out has more `../`. */
function coreModule(module: string, below: readonly string[]): OxlintOverride[] {
  const root = 'packages/core/src'
  const patterns = module === 'threads' ? inCore : [...inCore, NO_PISCINA]
  const overrides = [{ files: [`${root}/${module}.ts`, `${root}/${module}.*.ts`], out: './' }]
  for (let depth = 1; depth <= MAX_DEPTH; depth += 1) {
    overrides.push({ files: [`${root}/${module}/${'*/'.repeat(depth - 1)}*.ts`], out: '../'.repeat(depth) })
  }
  return overrides.flatMap(({ files, out }) => {
    const layer: Pattern = {
      group: [
        `${out}**`,
        ...[module, ...below].flatMap((name) => [`!${out}${name}.ts`, `!${out}${name}`, `!${out}${name}/**`]),
      ],
      message: `${module} may import ${below.join(', ')} (see CORE in oxlint.config.ts), and nothing above.`,
    }
    return PURE.includes(module)
      ? [imports(files, [...patterns, layer]), imports(files, [...patterns, layer, PURE_ONLY], TESTS)]
      : [imports(files, [...patterns, layer])]
  })
}
