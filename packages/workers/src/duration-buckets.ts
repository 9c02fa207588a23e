/**
 * Buckets of a duration histogram: 8 to the octave, so that a bucket is 9% wide, from 2^-13 ms (0.12 µs) upwards.
 * The idea is that of HdrHistogram (Gil Tene), with a logarithm in place of its linear sub-buckets.
 */
const PER_OCTAVE = 8
const LOWEST_EXPONENT = -13

/** Enough for 2^31 ms. */
export const BUCKET_COUNT: number = (31 - LOWEST_EXPONENT) * PER_OCTAVE + 1

export function bucketOf(durationMs: number): number {
  if (!(durationMs > 0)) return 0
  const bucket = Math.floor((Math.log2(durationMs) - LOWEST_EXPONENT) * PER_OCTAVE)
  return bucket < 0 ? 0 : bucket >= BUCKET_COUNT ? BUCKET_COUNT - 1 : bucket
}

/** The middle of a bucket, in ms. */
export function durationOf(bucket: number): number {
  return 2 ** ((bucket + 0.5) / PER_OCTAVE + LOWEST_EXPONENT)
}
