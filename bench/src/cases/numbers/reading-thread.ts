/** A bare thread that is sent arrays of numbers, or views of shared ones, and answers each message with counts. */
import { parentPort } from 'node:worker_threads'
import { countReadings } from './readings.ts'

parentPort?.on('message', (readings: Float64Array) => parentPort?.postMessage(countReadings(readings)))
parentPort?.postMessage('ready')
