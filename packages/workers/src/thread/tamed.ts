const getOf: typeof Reflect.get = Reflect.get
const plainThen: unknown = getOf(Promise.prototype, 'then')
const hasOwn: typeof Object.hasOwn = Object.hasOwn
const prototypeOf: typeof Object.getPrototypeOf = Object.getPrototypeOf

/**
 * A promise that settles as the thenable does: once, later, and whatever its `then` does. What is surely a plain promise is
 * that itself, which is a turn or two sooner.
 */
export function tamed(answer: PromiseLike<unknown>): Promise<unknown> {
  return isPlain(answer) ? answer : new Promise((resolve) => resolve(answer))
}

function isPlain(answer: PromiseLike<unknown>): answer is Promise<unknown> {
  if (prototypeOf(answer) !== Promise.prototype || getOf(Promise.prototype, 'then') !== plainThen) return false
  return !hasOwn(answer, 'then') && !hasOwn(answer, 'constructor')
}
