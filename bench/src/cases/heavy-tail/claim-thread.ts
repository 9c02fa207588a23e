/** A bare thread that is sent claims, and answers each message with counts. */
import { parentPort } from 'node:worker_threads'
import { countClaims } from './claims.ts'
import type { Claim } from '../../fixed-work.ts'

parentPort?.on('message', (claims: Claim[]) => parentPort?.postMessage(countClaims(claims)))
parentPort?.postMessage('ready')
