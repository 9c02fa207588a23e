import type { Run } from '@fanfold/core'
import { startThreads } from '../../bare-threads.ts'
import type { CaseOptions, Counts, RunResult, Side } from '../../bench-case.ts'
import { sumCounts } from '../../planted.ts'
import { cutInto, loopSide } from '../../sides/bare-sides.ts'
import { fanfoldSide } from '../../sides/fanfold-side.ts'
import type { Invoice } from './invoices.ts'
import { addsUp, countInvoices, makeInvoice } from './invoices.ts'

const thread = new URL('./invoice-thread.ts', import.meta.url)

export const oneLoop: Side = loopSide('one loop', numbersOf, (numbers) => {
  let pass = 0
  for (const n of numbers) if (addsUp(makeInvoice(n))) pass++
  return { pass, fail: numbers.length - pass }
})

/** Invoices come back in arrays of so many: structured clone, as everybody uses it. */
export const bareBatches: Side = bareSide('bare batches', 50)
/** The same with an invoice in each message. */
export const bareEach: Side = bareSide('bare, one at a time', 1)

export const fanfoldEach: Side = fanfold('fanfold each', async (run) => {
  let pass = 0
  let fail = 0
  for await (const outcome of run) {
    // The verifier's value is an invoice.
    if (outcome.status === 'completed' && addsUp(outcome.value as Invoice)) pass++
    else fail++
  }
  return { pass, fail }
})

export const fanfoldBatches: Side = fanfold('fanfold batches', async (run) => {
  let pass = 0
  let fail = 0
  for await (const batch of run.batches()) {
    for (let i = 0; i < batch.length; i++) {
      const outcome = batch.at(i)
      if (outcome.status === 'completed' && addsUp(outcome.value as Invoice)) pass++
      else fail++
    }
  }
  return { pass, fail }
})

function fanfold(name: string, consume: (run: Run) => Promise<RunResult>): Side {
  return fanfoldSide<number>({
    name,
    verifier: new URL('./verify-order.ts', import.meta.url),
    source: (options) => {
      const numbers = numbersOf(options)
      return () => numbers
    },
    consume,
  })
}

function bareSide(name: string, size: number): Side {
  return {
    name,
    async setup(options) {
      const messages = cutInto(numbersOf(options), size)
      const started = await startThreads<Invoice[]>(thread, options.threads)
      const lanes = [...started, ...started] // two messages wait at each thread
      const run = async (): Promise<Counts> => {
        let next = 0
        const counts: Counts[] = []
        await Promise.all(
          lanes.map(async (lane) => {
            while (next < messages.length) counts.push(countInvoices(await lane.ask(messages[next++])))
          }),
        )
        return sumCounts(counts)
      }
      return { tasks: options.tasks, run, close: async () => void (await Promise.all(started.map((one) => one.end()))) }
    },
  }
}

function numbersOf({ tasks }: CaseOptions): number[] {
  return Array.from({ length: tasks }, (_, n) => n)
}
