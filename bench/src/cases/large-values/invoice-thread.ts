/** A bare thread that is sent numbers of orders, and answers each message with their invoices. */
import { parentPort } from 'node:worker_threads'
import { makeInvoice } from './invoices.ts'

parentPort?.on('message', (numbers: number[]) => parentPort?.postMessage(numbers.map(makeInvoice)))
parentPort?.postMessage('ready')
