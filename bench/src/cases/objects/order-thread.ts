/** A bare thread that is sent arrays of orders, and answers each message with counts. */
import { parentPort } from 'node:worker_threads'
import type { Order } from './orders.ts'
import { countOrders } from './orders.ts'

parentPort?.on('message', (orders: Order[]) => parentPort?.postMessage(countOrders(orders)))
parentPort?.postMessage('ready')
