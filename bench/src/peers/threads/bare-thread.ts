/** A thread without any library: posts one message when the task is loaded, and then one for each that it gets. */
import { parentPort, workerData } from 'node:worker_threads'
import type { Reply, Request } from '../bare-worker-threads.ts'
import { countItems, loadTask } from '../loaded-task.ts'

// bare-worker-threads.ts gives it.
const task = await loadTask(workerData as string)

parentPort?.on('message', ([number, isBatch, payload]: Request) => {
  // A batch is an array, which bare-worker-threads.ts sees to.
  const answer = isBatch ? countItems(payload as readonly unknown[], task) : task(payload)
  if (typeof answer === 'boolean') reply([number, answer])
  // A task that throws ends the thread, and so the benchmark.
  else void answer.then((answer) => reply([number, answer]))
})
parentPort?.postMessage('ready')

function reply(reply: Reply): void {
  parentPort?.postMessage(reply)
}
