import type { SessionStart } from '../protocol.ts' with { 'resolution-mode': 'import' }

/**
 * What a pool's threads are told to load. Piscina tries `require` first, and a thread that is ended within Node's
 * `require` of an ES module can take the whole process down with it (`ModuleWrap::CreateRequiredModuleFacade`, Node 24).
 * Of this file nothing is left to be required; `import` has no such moment.
 */
module.exports = async (start: SessionStart): Promise<number> => {
  const { startSession } = await import('./entry.ts')
  return startSession(start)
}
