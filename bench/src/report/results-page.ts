import type { Plot } from '../bench-case.ts'
import { digits, markdownTable } from '../formats.ts'
import type { Machine, SampledCase } from '../samples.ts'
import { caseTables } from '../tables.ts'
import { targetCells, targetRows } from '../targets.ts'
import { losses } from './losses.ts'

const HOW = `Every side of a case runs in a process of its own, is set up and run once (*first run*), and what it found is compared
with what was planted in the input; only then is it timed. Sides take turns, every other round backwards. What is compared
is the ratio within a round, since what slows a machine down slows all sides: the median over the rounds, and the smallest
and largest beside it. A ratio whose range spans its target is not decided by these samples. *CPU* is the time of all
threads together. *Stall p99* is how late the main thread's event loop came (\`monitorEventLoopDelay\`, resolution 1 ms, of
which an idle loop shows about 1.1); it matters for Fanfold's sides, whose main thread should stay free.`

/** RESULTS.md: the same text for the same samples. */
export function resultsPage(sampled: readonly SampledCase[], drawn: ReadonlySet<string>): string {
  const lost = losses(sampled)
  const parts = [
    '# Results',
    'Written by `npm run bench`; do not edit. [README.md](README.md) says what the cases are and how to run them.',
    machines(sampled.map(({ samples }) => samples.machine)),
    HOW,
    '## Targets',
    markdownTable(targetCells(targetRows(sampled))),
    '## Where Fanfold loses',
    lost.length === 0
      ? 'In none of the cases below was another side faster.'
      : `Each side that was faster than the fastest of Fanfold's, by the median of the rounds.\n\n${lost.join('\n')}`,
    ...sampled.map((one) => caseSection(one, drawn)),
  ]
  return `${parts.join('\n\n')}\n`
}

function machines(all: readonly Machine[]): string {
  const descriptions = all.map(
    ({ cpu, cores, memoryGb, system, node }) => `${cpu}, ${cores} cores, ${memoryGb} GB, ${system}, Node ${node}`,
  )
  return [...new Set(descriptions)].map((description) => `Measured on ${description}.`).join('\n')
}

function caseSection(sampled: SampledCase, drawn: ReadonlySet<string>): string {
  const { benchCase, samples } = sampled
  const { tasks, threads } = samples.options
  const { loadBefore, loadAfter } = samples.machine
  const size = `${tasks.toLocaleString('en')} tasks, ${threads} threads, ${samples.rounds.length} rounds, ${samples.takenAt.slice(0, 10)}, load average ${digits(loadBefore)} before and ${digits(loadAfter)} after.`
  const missing = Object.entries(samples.missing).map(([side, reason]) => `*${side}* was left out: ${reason}.`)
  return [
    `## ${benchCase.name}`,
    `${capital(benchCase.title)}. ${size}`,
    benchCase.fairness,
    ...missing,
    ...caseTables(sampled).map(markdownTable),
    ...(benchCase.plots ?? []).filter(({ name }) => drawn.has(name)).map(picture),
  ].join('\n\n')
}

function picture({ name, title }: Plot): string {
  return `![${title}](plots/${name}.svg)`
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1)
}
