/** ms of the monotonic clock, which has one beginning for all threads and processes of this machine. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6
}
