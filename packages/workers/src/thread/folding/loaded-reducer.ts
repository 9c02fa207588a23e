import { FanfoldError } from '../../fanfold-error.ts'
import type { FoldedTask, ReducerContext, ReducerDefinition } from '../../reducer.ts'
import { withoutStop } from '../../without-stop.ts'
import { importDefault, messageOf, pathOf } from '../import-default.ts'
import type { ModuleKind } from '../import-default.ts'
import { deserialisePlain, serialisePlain } from '../../plain-value.ts'
import { toReducer } from '../../reducer.ts'
import { isThenable } from '../task-answers.ts'
import type { FoldSettings } from './fold-settings.ts'

const REDUCER: ModuleKind = {
  name: 'reducer',
  notFound: 'FANFOLD_REDUCER_LOAD_FAILED',
  typescript: 'FANFOLD_REDUCER_LOAD_FAILED',
  failed: 'FANFOLD_REDUCER_LOAD_FAILED',
}

/**
 * Imports a reducer's module. For how long is for the caller to say.
 *
 * @throws {FanfoldError} `FANFOLD_REDUCER_LOAD_FAILED`
 */
export async function loadReducer({ url, config }: Pick<FoldSettings, 'url' | 'config'>): Promise<LoadedReducer> {
  const definition = toReducer(await importDefault(url, REDUCER))
  if (definition === undefined) {
    throw new FanfoldError(
      'FANFOLD_REDUCER_LOAD_FAILED',
      `${pathOf(url)} has no reducer as its default export. Write \`export default defineReducer({ init, step, combine })\`.`,
    )
  }
  return new LoadedReducer(definition, pathOf(url), { config: deserialisePlain(config) })
}

/** A reducer's functions. What goes wrong in them says which it was, and of which task. */
export class LoadedReducer {
  readonly #definition: ReducerDefinition<unknown, unknown, unknown, unknown>
  readonly #path: string
  readonly #context: ReducerContext
  /** What `init` has given. */
  readonly #initial = new WeakSet<object>()

  constructor(
    definition: ReducerDefinition<unknown, unknown, unknown, unknown>,
    path: string,
    context: ReducerContext,
  ) {
    this.#definition = definition
    this.#path = path
    this.#context = context
  }

  /** @throws {FanfoldError} `FANFOLD_REDUCER_FAILED`, as the others */
  init(): unknown {
    const initial = this.#call('init', () => this.#definition.init(this.#context))
    if (typeof initial !== 'object' || initial === null) return initial
    // It would hold what was folded into it before, and that would count again.
    if (this.#initial.has(initial)) this.#refuse('init', 'it returned the same object again: make a new one each time')
    this.#initial.add(initial)
    return initial
  }

  step(accumulator: unknown, task: FoldedTask): unknown {
    const where = `step, for the task with index ${task.index},`
    return this.#call(where, () => this.#definition.step(accumulator, task, this.#context))
  }

  combine(left: unknown, right: unknown): unknown {
    return this.#call('combine', () => this.#definition.combine(left, right, this.#context))
  }

  /** @throws {FanfoldError} `FANFOLD_NOT_CLONEABLE` */
  serialise(accumulator: unknown): Uint8Array {
    try {
      return serialisePlain(accumulator)
    } catch (cause) {
      throw this.notCloneable(cause)
    }
  }

  notCloneable(cause: unknown): FanfoldError {
    return new FanfoldError(
      'FANFOLD_NOT_CLONEABLE',
      `the accumulator of ${this.#path} cannot be sent: ${withoutStop(messageOf(cause))}. Use plain data, maps and sets: no functions, symbols or class instances with methods.`,
      { cause },
    )
  }

  #call(where: string, call: () => unknown): unknown {
    let accumulator: unknown
    let isPromise = false
    try {
      accumulator = call()
      isPromise = isThenable(accumulator)
    } catch (cause) {
      this.#refuse(where, messageOf(cause), cause)
    }
    if (accumulator === undefined) this.#refuse(where, 'it returned nothing: return the accumulator')
    if (isPromise) this.#refuse(where, 'it returned a promise: a reducer cannot be async')
    return accumulator
  }

  #refuse(where: string, why: string, cause?: unknown): never {
    const message = `${where} of ${this.#path} failed: ${withoutStop(why)}.`
    throw new FanfoldError('FANFOLD_REDUCER_FAILED', message, cause === undefined ? undefined : { cause })
  }
}
