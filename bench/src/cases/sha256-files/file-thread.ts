/** A bare thread that is sent entries of the manifest, and answers each message with counts. */
import { parentPort } from 'node:worker_threads'
import type { Entry } from './manifest.ts'
import { countIntact } from './manifest.ts'

parentPort?.on('message', (entries: Entry[]) => parentPort?.postMessage(countIntact(entries)))
parentPort?.postMessage('ready')
