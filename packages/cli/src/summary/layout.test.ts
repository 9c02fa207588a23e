import { execFileSync } from 'node:child_process'
import { stripVTControlCharacters } from 'node:util'
import { expect, test } from 'vitest'
import { labelledCommand } from './layout.ts'

test('a command on several lines is one to a shell, and no word of it is broken', () => {
  const words = ['echo', ...Array.from({ length: 20 }, (_, n) => `--option-${n}=${n}`), "'two  words'"]
  const text = stripVTControlCharacters(labelledCommand('next', words, 80, 'cyan'))
  for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
  expect(text.split('\n').length).toBeGreaterThan(3)
  const command = text.replace(/^ +next +/, '')
  const said = execFileSync('sh', ['-c', command], { encoding: 'utf8' })
  expect(said).toBe(`${words.slice(1).join(' ').replaceAll("'", '')}\n`)
})

test('in a file or a pipe it is one line', () => {
  const words = Array.from({ length: 200 }, (_, n) => `word-${n}`)
  expect(stripVTControlCharacters(labelledCommand('next', words, Infinity, 'cyan'))).not.toContain('\n')
})
