/** A bare thread that is sent arrays of strings and answers with counts. */
import { parentPort } from 'node:worker_threads'
import { countIbans } from './iban.ts'

parentPort?.on('message', (texts: string[]) => parentPort?.postMessage(countIbans(texts)))
parentPort?.postMessage('ready')
