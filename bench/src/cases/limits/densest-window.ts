/** Of instants, ascending: the most that any window of so many ms holds, and how many there are a window on average. */
export function densestWindow(
  instants: readonly number[],
  windowMs: number,
): { readonly densest: number; readonly perWindow: number } {
  let densest = 0
  for (let from = 0, to = 0; from < instants.length; from++) {
    while (to < instants.length && instants[to]! < instants[from]! + windowMs) to++
    densest = Math.max(densest, to - from)
  }
  const spanMs = (instants.at(-1) ?? 0) - (instants[0] ?? 0)
  return { densest, perWindow: spanMs === 0 ? instants.length : ((instants.length - 1) * windowMs) / spanMs }
}
