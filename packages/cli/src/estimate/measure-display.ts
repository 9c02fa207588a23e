import { createLogUpdate } from 'log-update'
import { cut } from '../figures.ts'
import type { ProgressMode } from '../options/verify-options.ts'
import { paint } from '../paint.ts'
import { terminalColumns } from '../wrap.ts'
import type { Step } from './measure.ts'

/** Shows on stderr what is being measured. */
export interface MeasureDisplay {
  show(step: Step): void
  /** Leaves nothing behind. */
  stop(): void
}

export function makeMeasureDisplay(mode: ProgressMode): MeasureDisplay {
  if (mode === 'none') return { show: () => {}, stop: () => {} }
  if (mode === 'json') return { show: (step) => process.stderr.write(`${JSON.stringify(step)}\n`), stop: () => {} }
  const { isTTY, columns } = process.stderr
  return isTTY && columns > 0 && process.env['TERM'] !== 'dumb' ? barDisplay() : lineDisplay()
}

const BAR = 24

function barDisplay(): MeasureDisplay {
  const draw = createLogUpdate(process.stderr)
  return {
    show: ({ text, share }) => {
      const full = Math.round(Math.min(1, share) * BAR)
      const bar = paint('green', '━'.repeat(full)) + paint('dim', '─'.repeat(BAR - full))
      draw(`measuring  ${bar}  ${cut(text, terminalColumns() - BAR - 13)}`)
    },
    stop: () => {
      draw.clear()
      draw.done() // shows the cursor again
    },
  }
}

const LINE_EVERY_MS = 5_000

/** A line now and then, for logs. */
function lineDisplay(): MeasureDisplay {
  let lastAt = performance.now()
  return {
    show: ({ text, share }) => {
      if (performance.now() - lastAt < LINE_EVERY_MS) return
      lastAt = performance.now()
      process.stderr.write(`fanfold: measuring, ${Math.round(Math.min(1, share) * 100)}%: ${text}\n`)
    },
    stop: () => {},
  }
}
