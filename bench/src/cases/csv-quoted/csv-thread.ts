/** A bare thread that is sent stretches of a file, and answers each message with counts. */
import { parentPort } from 'node:worker_threads'
import type { Stretch } from './count-csv.ts'
import { countStretch } from './count-csv.ts'

parentPort?.on('message', (stretch: Stretch) => parentPort?.postMessage(countStretch(stretch)))
parentPort?.postMessage('ready')
