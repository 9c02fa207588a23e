import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, afterAll, expect, test } from 'vitest'
import { OBEDIENT, Workplace } from './testing/fanfold.ts'

const place = new Workplace()
afterAll(() => place.remove())

beforeAll(() => {
  place.ndjson('a.ndjson', [{}])
  place.file('a.txt', 'x\n')
  place.file('a.xml', '<a/>')
  place.file('noending', '')
  place.file('list.json', '[1]')
  place.file('text.json', '"x"')
  place.file('broken.json', '{')
  place.file('syntax.ts', 'export default (')
  place.file('enum.ts', 'enum A { b }\nexport default () => A.b === 0')
  place.file('nothing.ts', 'export const verify = 1')
  place.file('throws.ts', "throw new Error('at the top')")
  place.file('imports.ts', "import './not-there.ts'\nexport default () => true")
  place.file('node_modules/pack/v.ts', 'export default () => true')
  place.file('twice.csv', 'a,a\n1,2\n')
  mkdirSync(join(place.path, 'folder.ndjson'))
})

const FILE = 'a.ndjson'
const GOOD = ['verify', FILE, '--with', OBEDIENT]

/** Arguments, and the one line that they get. */
const CASES: Readonly<Record<string, readonly [args: readonly string[], line: string | RegExp]>> = {
  'no input': [['verify', '--with', OBEDIENT], 'no input is given. Name files, patterns, or - for stdin.'],
  'a missing file': [
    ['verify', 'none.ndjson', '--with', OBEDIENT],
    "the input 'none.ndjson' cannot be read: there is no such file. Check the path; a relative one starts at the working directory.",
  ],
  'a missing file among others': [
    ['verify', FILE, 'none.ndjson', '--with', OBEDIENT],
    /^the input 'none.ndjson' cannot/,
  ],
  'a folder': [
    ['verify', 'folder.ndjson', '--with', OBEDIENT],
    "the input 'folder.ndjson' cannot be read: it is a folder. Give the files in it, as 'folder.ndjson/*'.",
  ],
  'a folder among files, as a shell makes of a pattern': [
    ['verify', FILE, 'folder.ndjson/', '--with', OBEDIENT],
    /as 'folder.ndjson\/\*'. If the shell has found it for a pattern, quote the pattern: then folders are passed over\.$/,
  ],
  'a folder without an ending': [
    ['verify', 'node_modules', '--with', OBEDIENT],
    /it is a folder. Give the files in it/,
  ],
  'a pattern in a folder that is not there': [
    ['verify', 'none/of/*.ndjson', '--with', OBEDIENT],
    "the pattern 'none/of/*.ndjson' matches no file. There is no folder 'none/of'.",
  ],
  'a pattern that matches nothing': [
    ['verify', '*.nope', '--with', OBEDIENT],
    "the pattern '*.nope' matches no file. Check it, and the working directory.",
  ],
  'an unknown ending': [
    ['verify', 'a.xml', '--with', OBEDIENT],
    "the format of 'a.xml' is not known: its ending is .xml. Add --format ndjson, csv or lines; or files, to verify it as a whole.",
  ],
  'no ending': [
    ['verify', 'noending', '--with', OBEDIENT],
    "the format of 'noending' is not known: it has no ending. Add --format ndjson, csv or lines; or files, to verify it as a whole.",
  ],
  'files of different formats': [
    ['verify', FILE, 'a.txt', '--with', OBEDIENT],
    "'a.ndjson' and 'a.txt' are of different formats. Verify them by themselves, or say --format.",
  ],
  'stdin without a format': [
    ['verify', '-', '--with', OBEDIENT],
    'the format of stdin is not known. Add --format ndjson, csv or lines; or files, for a list of paths.',
  ],
  'stdin and a file': [
    ['verify', '-', FILE, '--with', OBEDIENT],
    '- is stdin, and has to be the only input. Verify the files by themselves.',
  ],
  'a CSV header that names a column twice': [
    ['verify', 'twice.csv', '--with', OBEDIENT],
    /^the CSV header of 'twice.csv' cannot be used: 'a' names two columns\. Give every column its own name/,
  ],
  'no verifier': [
    ['verify', FILE],
    'no verifier is given. Add --with ./verify.ts, a module whose default export verifies one record.',
  ],
  'a built-in that does not exist': [
    ['verify', FILE, '--with', 'json-schema'],
    "there is no built-in verifier 'json-schema'. For a module of your own give its path, such as ./json-schema.ts.",
  ],
  'a missing verifier': [
    ['verify', FILE, '--with', './none.ts'],
    /^there is no verifier module .*none\.ts\. Check the path\.$/,
  ],
  'a verifier that is a folder': [
    ['verify', FILE, '--with', './folder.ndjson'],
    "the verifier './folder.ndjson' is a folder. Give the path of a module in it.",
  ],
  'a verifier that is JSON': [
    ['verify', FILE, '--with', './list.json'],
    "the verifier './list.json' is JSON and no module. A configuration is given with --config.",
  ],
  'a verifier with a syntax error': [
    ['verify', FILE, '--with', './syntax.ts'],
    /syntax\.ts (could not|cannot) be loaded/,
  ],
  'a verifier with an enum': [
    ['verify', FILE, '--with', './enum.ts'],
    /enum\.ts cannot be loaded by Node's type stripping/,
  ],
  'a module without a verifier': [
    ['verify', FILE, '--with', './nothing.ts'],
    /nothing\.ts has no verifier as its default export\. Write/,
  ],
  'a verifier that throws when it is imported': [['verify', FILE, '--with', './throws.ts'], /throws\.ts .*at the top/],
  'a verifier that imports what is not there': [
    ['verify', FILE, '--with', './imports.ts'],
    /imports\.ts .*not-there\.ts/,
  ],
  'TypeScript under node_modules': [
    ['verify', FILE, '--with', './node_modules/pack/v.ts'],
    /v\.ts is \(or imports\) TypeScript under node_modules/,
  ],
  'a setup that throws': [[...GOOD, '--set', 'failSetup=no luck'], /^setup of .*obedient\.ts failed: no luck/],
  'a missing configuration': [
    [...GOOD, '--config', 'none.json'],
    "the configuration 'none.json' cannot be read: there is no such file. Check the path.",
  ],
  'a configuration that is not JSON': [
    [...GOOD, '--config', 'broken.json'],
    /^the configuration 'broken\.json' is not valid JSON: /,
  ],
  'a configuration that --set cannot add to': [
    [...GOOD, '--config', 'text.json', '--set', 'a=1'],
    "the configuration 'text.json' is no object, so that --set cannot add to it.",
  ],
  '--set without =': [[...GOOD, '--set', 'a'], "--set 'a' has no key or no =. Write --set key=value."],
  '--set with an empty part': [
    [...GOOD, '--set', 'a..b=1'],
    "--set 'a..b=1' has an empty part in its key. Write --set a.b=value.",
  ],
  '--set into a number': [
    [...GOOD, '--set', 'a=1', '--set', 'a.b=2'],
    "--set 'a.b=2' goes into a, which is 1 and no object. Check the key.",
  ],
  '--set into a list by name': [
    [...GOOD, '--set', 'a=[1]', '--set', 'a.b=2'],
    "--set 'a.b=2' goes into a list, where 'b' is no position. Use a number from 0.",
  ],
  '--threads 0': [[...GOOD, '--threads', '0'], "--threads is '0'. Give a whole number from 1."],
  '--concurrency of a fraction': [
    [...GOOD, '--concurrency', '1.5'],
    "--concurrency is '1.5'. Give auto, or a whole number from 1.",
  ],
  '--limit of a word': [[...GOOD, '--limit', 'ten'], "--limit is 'ten'. Give a whole number from 1."],
  '--retries of a fraction': [[...GOOD, '--retries', '1.5'], "--retries is '1.5'. Give a whole number from 0."],
  '--tolerate of more than all': [
    [...GOOD, '--tolerate', '101%'],
    "--tolerate is '101%'. Give a number of records such as 20, or a share from 0% to 100%.",
  ],
  '--tolerate of a part of a record': [[...GOOD, '--tolerate', '0.5'], /^--tolerate is '0\.5'\. Give a number/],
  '--halt without --tolerate': [
    [...GOOD, '--halt', 'now'],
    '--halt now says how a run stops that exceeds --tolerate, and none is given. Add --tolerate 1%, or leave it out.',
  ],
  '--halt of an unknown word': [
    [...GOOD, '--tolerate', '1', '--halt', 'later'],
    "--halt is 'later'. Give never, soon or now.",
  ],
  '--recycle-after of two numbers': [
    [...GOOD, '--recycle-after', '10,20'],
    "--recycle-after is '10,20'. Give a number of records, a size of the heap with its unit, or both: 10000,256mb.",
  ],
  '--recycle-after 0': [[...GOOD, '--recycle-after', '0'], /^--recycle-after is '0'\. Give a number of records/],
  '--timeout of a word': [
    [...GOOD, '--timeout', 'soon'],
    "--timeout is 'soon'. Give a duration such as 500ms, 2s or 1m, or none.",
  ],
  '--timeout 0': [[...GOOD, '--timeout', '0'], "--timeout is '0'. Give 1ms to 596h, or none."],
  '--max-record of a word': [
    [...GOOD, '--max-record', 'big'],
    "--max-record is 'big'. Give a size such as 64kb, 16mb or 1gb, or none.",
  ],
  '--thread-memory without a unit': [
    [...GOOD, '--thread-memory', '256'],
    "--thread-memory is '256'. A thread needs 8mb or more, and a bare number is bytes.",
  ],
  '--format of a word': [[...GOOD, '--format', 'xml'], "--format is 'xml'. Give ndjson, csv, lines or files."],
  '--order of a word': [[...GOOD, '--order', 'size'], "--order is 'size'. Give arrival or input."],
  '--include of a word': [[...GOOD, '--include', 'some'], "--include is 'some'. Give none, attention or all."],
  '--progress of a word': [[...GOOD, '--progress', 'loud'], "--progress is 'loud'. Give auto, bar, json or none."],
  '--fail-on of a word': [[...GOOD, '--fail-on', 'fail'], "--fail-on is 'fail'. Give flag."],
  '--only in the wrong case': [
    [...GOOD, '--out', 'o', '--only', 'flag,timedout'],
    "--only has 'timedout' in it. Did you mean timedOut?",
  ],
  '--only of a word': [
    [...GOOD, '--out', 'o', '--only', 'bad'],
    "--only has 'bad' in it. Give a list of pass, flag, fail, errored, timedOut, crashed or aborted.",
  ],
  '--only without --out': [[...GOOD, '--only', 'flag'], '--only chooses what --out writes. Add --out FILE.'],
  '--id-field of lines': [
    ['verify', 'a.txt', '--with', OBEDIENT, '--id-field', 'a'],
    '--id-field needs records with fields, and lines have none. Use it with ndjson or csv.',
  ],
  '--out over the input': [
    [...GOOD, '--out', './a.ndjson'],
    "--out './a.ndjson' is a file that is read, and would be written over. Give another path.",
  ],
  '--summary over the input': [
    [...GOOD, '--summary', 'a.ndjson'],
    "--summary 'a.ndjson' is a file that is read, and would be written over. Give another path.",
  ],
  '--out and --summary to one file': [
    [...GOOD, '--out', 'o', '--summary', './o'],
    "--out and --summary are both 'o'. Give them different files.",
  ],
  '--out into a folder that is not there': [
    [...GOOD, '--out', 'none/o'],
    "--out 'none/o' cannot be written: there is no such folder. Make it first.",
  ],
  '--out to a folder': [
    [...GOOD, '--out', 'folder.ndjson'],
    "--out 'folder.ndjson' cannot be written: it is a folder. Give the path of a file.",
  ],
  '--summary -': [[...GOOD, '--summary', '-'], '--summary needs a file: stdout is for --out -. Give a path.'],
  'an unknown option': [[...GOOD, '--treads', '2'], "unknown option '--treads'. Did you mean --threads?"],
  'an option like no other': [[...GOOD, '--zzzzzz'], "unknown option '--zzzzzz'. See fanfold verify --help."],
  'an option without its value': [
    [...GOOD, '--threads'],
    "option '--threads <n>' argument missing. See fanfold verify --help.",
  ],
  'an unknown command': [['verfiy', FILE], "unknown command 'verfiy'. Did you mean verify?"],
  'a file where the command should be': [
    [FILE, '--with', OBEDIENT],
    "unknown command 'a.ndjson'. Write fanfold verify a.ndjson --with …",
  ],
}

test.each(Object.entries(CASES))('%s: one line, exit 2', async (_name, [args, line]) => {
  const { code, stdout, stderr } = await place.fanfold(...args)
  const [first = '', ...rest] = stderr.split('\n')
  expect(rest).toEqual([''])
  expect(first.startsWith('fanfold: ')).toBe(true)
  const said = first.slice('fanfold: '.length)
  if (typeof line === 'string') expect(said).toBe(line)
  else expect(said).toMatch(line)
  expect([code, stdout]).toEqual([2, ''])
})

test('--verbose adds the stack and the cause', async () => {
  const { code, stderr } = await place.fanfold(...GOOD, '--set', 'failSetup=no luck', '--verbose')
  expect(code).toBe(2)
  expect(stderr).toMatch(/^fanfold: setup of .*no luck\n.*FANFOLD_SETUP_FAILED/s)
  expect(stderr).toMatch(/\n\s+at .*obedient\.ts:\d+/)
})

test('what was not started has written over nothing', async () => {
  place.file('kept.out', 'precious')
  await place.fanfold('verify', FILE, '--with', './none.ts', '--out', 'kept.out')
  await place.fanfold(...GOOD, '--set', 'failSetup=no', '--out', 'kept.out')
  await place.fanfold('verify', 'twice.csv', '--with', OBEDIENT, '--out', 'kept.out')
  await place.fanfold('verify', 'twice.csv', '--with', OBEDIENT, '--summary', 'kept.out')
  await place.fanfold(...GOOD, '--out', 'kept.out', '--summary', 'none/s.json')
  await place.fanfold(...GOOD, '--out', 'none/o', '--summary', 'kept.out')
  expect(place.read('kept.out')).toBe('precious')
  expect(place.read(FILE)).toBe('{}\n')
})

test('without any command, the help and exit 2', async () => {
  const { code, stderr } = await place.fanfold()
  expect(code).toBe(2)
  expect(stderr).toContain('Usage: fanfold [options] [command]')
})
