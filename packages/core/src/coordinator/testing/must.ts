export function must(isRight: boolean, otherwise: string): void {
  if (!isRight) throw new Error(otherwise)
}
