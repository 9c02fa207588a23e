import { parentPort, workerData } from 'node:worker_threads'
import type { Judgement } from '../src/judgement.ts'
import { checkInPlainLoop } from '../src/plain-loop.ts'

/** The entry of a bare worker thread: opens the databases, checks the file, posts what it found. */
const { file, folder } = workerData as { readonly file: string; readonly folder: string }
const { judgements } = await checkInPlainLoop(file, { databases: folder, databaseUrl: '' })
parentPort?.postMessage(judgements satisfies readonly Judgement[])
