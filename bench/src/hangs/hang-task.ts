/** How a task hangs, if it does. */
export type Hang = 'spin' | 'regex' | 'never'

export interface HangTask {
  readonly hang: Hang | undefined
}
