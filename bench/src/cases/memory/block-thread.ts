/** A bare thread that is sent blocks, and answers each with counts. */
import { parentPort } from 'node:worker_threads'
import { countBlock } from './records.ts'

parentPort?.on('message', (block: Uint8Array) => parentPort?.postMessage(countBlock(block)))
parentPort?.postMessage('ready')
