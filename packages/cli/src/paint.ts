import { styleText } from 'node:util'

type Style = Parameters<typeof styleText>[0]

/** Colours for stderr: none when it is no terminal, or when NO_COLOR says so. */
export function paint(style: Style, text: string): string {
  return styleText(style, text, { stream: process.stderr })
}
