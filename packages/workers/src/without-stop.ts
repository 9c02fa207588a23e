/** A message, to be followed by more of a sentence, or by its end. */
export function withoutStop(message: string): string {
  return message.replace(/\.$/, '')
}
