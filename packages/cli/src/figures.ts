/** Numbers as a person reads them; the same on every machine, whatever its language. */
const WHOLE = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })
const SHORT = new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 1 })
const SIZES = ['B', 'KB', 'MB', 'GB', 'TB'] as const

/** `1,204,332` */
export function whole(count: number): string {
  return WHOLE.format(count)
}

/** `1.2M`; below 10,000 all digits. */
export function short(count: number): string {
  return count < 10_000 ? whole(Math.round(count)) : SHORT.format(count)
}

/** `1 record`, `2,000 records` */
export function counted(count: number, noun: string): string {
  return `${whole(count)} ${noun}${count === 1 ? '' : 's'}`
}

/** `1.7 µs`, `0.4 ms`, `12 ms`, `1.2 s`, `3:05`, `2:03:05` */
export function time(ms: number): string {
  if (ms < 0.1) return `${Number((ms * 1000).toFixed(1))} µs`
  if (ms < 1) return `${Number(ms.toFixed(2))} ms`
  if (ms < 10) return `${ms.toFixed(1)} ms`
  if (ms < 999.5) return `${Math.round(ms)} ms`
  if (ms < 9_950) return `${Number((ms / 1000).toFixed(1))} s`
  const seconds = Math.round(ms / 1000)
  if (seconds < 60) return `${seconds} s`
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)]
  const tail = String(seconds % 60).padStart(2, '0')
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${tail}` : `${minutes}:${tail}`
}

/** `412,331/s`, `0.4/s` */
export function rate(perSecond: number): string {
  return perSecond >= 10 || perSecond === 0 ? `${whole(perSecond)}/s` : `${perSecond.toFixed(1)}/s`
}

/** `86.0%`; never 100% nor 0% for what is not all or nothing. */
export function percent(part: number, total: number): string {
  if (total === 0 || part === 0) return '0%'
  if (part === total) return '100%'
  return `${Math.min(99.9, Math.max(0.1, (part / total) * 100)).toFixed(1)}%`
}

/** `512 B`, `1.2 MB`; of 1,024 as `--max-record` has them. */
export function size(bytes: number): string {
  const step = bytes < 1 ? 0 : Math.min(SIZES.length - 1, Math.floor(Math.log2(bytes) / 10))
  const count = bytes / 1024 ** step
  return `${step === 0 || count >= 10 ? Math.round(count) : count.toFixed(1)} ${SIZES[step]}`
}

export function cut(text: string, columns: number): string {
  return text.length <= columns ? text : `${text.slice(0, Math.max(0, columns - 1))}…`
}
