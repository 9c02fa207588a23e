import { expect, test } from 'vitest'
import { counted, percent, rate, short, time, whole, size } from './figures.ts'

test('numbers', () => {
  expect([whole(1204332), short(9999), short(27_140), short(1_204_332)]).toEqual([
    '1,204,332',
    '9,999',
    '27.1K',
    '1.2M',
  ])
  expect([counted(1, 'record'), counted(2000, 'record')]).toEqual(['1 record', '2,000 records'])
  expect([rate(412_331.4), rate(0.44), rate(0)]).toEqual(['412,331/s', '0.4/s', '0/s'])
})

test('times, from microseconds to hours', () => {
  const times = [0, 0.0017, 0.4, 3.84, 12.4, 999.9, 1234, 9_960, 59_600, 185_000, 7_385_000]
  expect(times.map(time)).toEqual([
    ...['0 µs', '1.7 µs', '0.4 ms', '3.8 ms', '12 ms', '1 s', '1.2 s', '10 s', '1:00', '3:05', '2:03:05'],
  ])
})

test('a share is 100% or 0% only if it is all or nothing', () => {
  expect([percent(1, 3), percent(99_999, 100_000), percent(1, 100_000), percent(3, 3), percent(0, 3)]).toEqual([
    ...['33.3%', '99.9%', '0.1%', '100%', '0%'],
  ])
})

test('bytes, in units of 1,024', () => {
  expect([0, 1, 1023, 1024, 1536, 20_000, 5 * 1024 ** 2, 3 * 1024 ** 3, 2 ** 60].map(size)).toEqual([
    ...['0 B', '1 B', '1023 B', '1.0 KB', '1.5 KB', '20 KB', '5.0 MB', '3.0 GB', '1048576 TB'],
  ])
})
