import { sign, verify } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import type { Counts } from '../../bench-case.ts'
import { benchFile } from '../../bench-folder.ts'
import { isPlanted } from '../../planted.ts'
import type { Algorithm } from './keys.ts'
import { privateKey } from './keys.ts'

/** Raw signatures, r and s of 32 bytes each; Ed25519's are raw anyway. */
const RAW = 'ieee-p1363'

/** Tokens `payload.signature`, both as base64url; made when they are not there yet, since signing takes time. */
export function readTokens(algorithm: Algorithm, tasks: number): string[] {
  const path = benchFile(`tokens-${algorithm}-${tasks}.txt`)
  if (!existsSync(path)) writeFileSync(path, makeTokens(algorithm, tasks).join('\n'))
  return readFileSync(path, 'latin1').split('\n')
}

function makeTokens(algorithm: Algorithm, tasks: number): string[] {
  const key = privateKey(algorithm)
  return Array.from({ length: tasks }, (_, n) => {
    const payload = Buffer.from(JSON.stringify({ sub: `user-${n}`, iat: 1_700_000_000 + n, scope: 'read write' }))
    const signature = sign(digestOf(algorithm), payload, { key, dsaEncoding: RAW })
    if (isPlanted(n)) signature.writeUInt8(signature.readUInt8(40) ^ 1, 40)
    return `${payload.toString('base64url')}.${signature.toString('base64url')}`
  })
}

/** Whether the signature of a token is that of its payload. */
export function isSigned(algorithm: Algorithm, key: KeyObject, token: string): boolean {
  const dot = token.indexOf('.')
  const payload = Buffer.from(token.slice(0, dot), 'base64url')
  const signature = Buffer.from(token.slice(dot + 1), 'base64url')
  return verify(digestOf(algorithm), payload, { key, dsaEncoding: RAW }, signature)
}

export function countSigned(algorithm: Algorithm, key: KeyObject, tokens: readonly string[]): Counts {
  let pass = 0
  for (const token of tokens) if (isSigned(algorithm, key, token)) pass++
  return { pass, fail: tokens.length - pass }
}

/** Ed25519 has its own. */
function digestOf(algorithm: Algorithm): string | null {
  return algorithm === 'ES256' ? 'sha256' : null
}
