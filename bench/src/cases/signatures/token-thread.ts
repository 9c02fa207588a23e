/** A bare thread that is sent arrays of tokens, and answers each message with counts. */
import { parentPort } from 'node:worker_threads'
import type { Algorithm } from './keys.ts'
import { publicKey } from './keys.ts'
import { countSigned } from './tokens.ts'

const keys = { Ed25519: publicKey('Ed25519'), ES256: publicKey('ES256') }

parentPort?.on('message', ({ algorithm, tokens }: { algorithm: Algorithm; tokens: string[] }) => {
  parentPort?.postMessage(countSigned(algorithm, keys[algorithm], tokens))
})
parentPort?.postMessage('ready')
