import type { CustomSeriesRenderItem } from 'echarts'
import type { Spread } from '../ratios.ts'

export interface Whisker {
  /** Where on the axis that is not measured: a number, or the place in a list. */
  readonly at: number
  readonly spread: Spread
}

const CAP = 3

/** A thin line from the smallest to the largest value of each point. */
export function whiskers(color: string, points: readonly Whisker[], direction: 'vertical' | 'horizontal'): object {
  const renderItem: CustomSeriesRenderItem = (_, api) => {
    const place = (value: number): number[] =>
      api.coord(direction === 'vertical' ? [api.value(0), value] : [value, api.value(0)])
    const [x1 = 0, y1 = 0] = place(Number(api.value(1)))
    const [x2 = 0, y2 = 0] = place(Number(api.value(2)))
    const [capX, capY] = direction === 'vertical' ? [CAP, 0] : [0, CAP]
    const line = (shape: object): object => ({ type: 'line', shape, style: { stroke: color, lineWidth: 1 } })
    return {
      type: 'group',
      children: [
        line({ x1, y1, x2, y2 }),
        line({ x1: x1 - capX, y1: y1 - capY, x2: x1 + capX, y2: y1 + capY }),
        line({ x1: x2 - capX, y1: y2 - capY, x2: x2 + capX, y2: y2 + capY }),
      ],
    } as ReturnType<CustomSeriesRenderItem>
  }
  return {
    type: 'custom',
    renderItem,
    silent: true,
    z: 3,
    encode: direction === 'vertical' ? { x: 0, y: [1, 2] } : { y: 0, x: [1, 2] },
    data: points.map(({ at, spread }) => [at, spread.min, spread.max]),
  }
}
