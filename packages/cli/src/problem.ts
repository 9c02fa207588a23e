import { inspect, stripVTControlCharacters } from 'node:util'
import { FanfoldError } from '@fanfold/core'
import { cut } from './figures.ts'
import { fill, terminalColumns } from './wrap.ts'

/** What the user gave cannot be used; the message names it and the remedy. */
export function badUsage(message: string, cause?: unknown): FanfoldError {
  return new FanfoldError('FANFOLD_BAD_OPTION', message, cause === undefined ? undefined : { cause })
}

/** The one line for a problem, and with `verbose` its stack and causes after it. */
export function describeProblem(error: unknown, verbose: boolean): string {
  const line = problemLine(messageOf(error))
  return verbose ? `${line}${inspect(error)}\n` : line
}

/** A sentence of ours, in one line; a terminal that is too narrow for it gets several, broken between words. */
export function problemLine(message: string): string {
  const words = `fanfold: ${oneLine(message)}`.split(' ')
  return `${fill(words, terminalColumns() - INDENT.length).join(`\n${INDENT}`)}\n`
}

const INDENT = '  '
/** An error's message may quote a whole record. */
const MOST_MESSAGE = 300

/** A verifier's error, in one line: its code, or its name, and its message. */
export function errorLine(error: Error): string {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name
  return cut(`${code}: ${oneLine(messageOf(error))}`, MOST_MESSAGE)
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error)
}

/** Colours, line ends and control characters in a message (a file name, a verifier's text) must not break the one line. */
export function oneLine(text: string): string {
  // oxlint-disable-next-line no-control-regex -- these are what it is about
  const control = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g
  return stripVTControlCharacters(text).replace(control, ' ').trim()
}
