import type { ProgressMode } from '../options/verify-options.ts'
import { BarDisplay } from './bar-display.ts'
import type { Display, Subject } from './display.ts'
import { JsonDisplay, LineDisplay } from './line-displays.ts'

export function makeDisplay(mode: ProgressMode, subject: Subject): Display {
  switch (mode) {
    case 'none':
      return { start: () => {}, stop: () => {} }
    case 'json':
      return new JsonDisplay()
    case 'auto':
    case 'bar':
      return canDraw() ? new BarDisplay(subject) : new LineDisplay(subject)
  }
}

function canDraw(): boolean {
  const { isTTY, columns } = process.stderr
  return isTTY && columns > 0 && process.env['TERM'] !== 'dumb'
}
