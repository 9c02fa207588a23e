import { TIMED_OUT } from '../outcome-columns.ts'
import type { PartWriter } from './part-writer.ts'
import type { Age, PendingTask, TaskEnds } from './pending-tasks.ts'
import type { TaskAnswers } from './task-answers.ts'

/** Writes down how async tasks end, and how long they took. */
export class AsyncAnswers implements TaskEnds {
  readonly #answers: TaskAnswers
  readonly #writer: PartWriter

  constructor(answers: TaskAnswers, writer: PartWriter) {
    this.#answers = answers
    this.#writer = writer
  }

  answered(task: PendingTask, value: unknown, age: Age): void {
    this.#answers.answered(task.position, task.id, value)
    this.#took(task, age)
  }

  hostile(task: PendingTask, error: unknown, age: Age): void {
    this.#answers.hostile(task.position, task.id, error)
    this.#took(task, age)
  }

  rejected(task: PendingTask, error: unknown, age: Age, abortReason: { readonly error: Error } | undefined): void {
    this.#answers.rejected(task, error, abortReason)
    this.#took(task, age)
  }

  over(task: PendingTask, status: number, error: Error, age: Age): void {
    const failure = status === TIMED_OUT ? 'timeout' : undefined
    this.#writer.unsuccessful(task.position, status, error, task.id, failure)
    this.#took(task, age)
  }

  suspected(): void {}

  #took({ context }: PendingTask, { wallMs }: Age): void {
    this.#writer.time(1, wallMs)
    this.#writer.waited(context.waitedMs)
  }
}
