import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { basename } from 'node:path'
import { pathToFileURL } from 'node:url'
import { benchFile } from '../../bench-folder.ts'

const folder = benchFile('cold-2000/')
const sources = new URL('./programs/', import.meta.url)

/**
 * Makes JavaScript of the programs, as a build does. Node strips types itself, but that takes 50 ms in every process and
 * some more in every thread, and what is wanted is what verifying costs.
 */
export function buildPrograms(): void {
  mkdirSync(folder, { recursive: true })
  const files = readdirSync(sources).map((name) => new URL(name, sources))
  for (const file of [...files, new URL('../../fixed-work.ts', import.meta.url)]) {
    const javascript = stripTypeScriptTypes(readFileSync(file, 'utf8'))
    // All of them lie in one folder.
    const flat = javascript.replaceAll(/'\.[^']*\/([\w-]+)\.ts'/g, "'./$1.js'")
    writeFileSync(`${folder}${basename(file.pathname, '.ts')}.js`, flat)
  }
}

export function builtProgram(name: string): URL {
  return pathToFileURL(`${folder}${name}.js`)
}

/** The same program as it is written. */
export function sourceProgram(name: string): URL {
  return new URL(`${name}.ts`, sources)
}
