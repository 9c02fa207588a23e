import { LineChart } from 'echarts/charts'
import { GridComponent, LegendComponent, TitleComponent } from 'echarts/components'
import { init, use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'

use([LineChart, GridComponent, LegendComponent, TitleComponent, SVGRenderer])

/** A number that was so from then on. */
export interface Step {
  readonly atMs: number
  readonly value: number
}

/** Draws both as steps over the time, as SVG. */
export function plot(capacity: readonly Step[], limit: readonly Step[], untilMs: number): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: 860, height: 360 })
  try {
    chart.setOption({
      animation: false,
      backgroundColor: '#fff',
      title: { text: 'What the service bears, and the limit that finds it out', left: 10, top: 6 },
      legend: { right: 20, top: 10 },
      grid: { left: 60, right: 20, top: 50, bottom: 50 },
      xAxis: { type: 'value', name: 'seconds', nameLocation: 'middle', nameGap: 28, max: Math.ceil(untilMs / 1000) },
      yAxis: { type: 'value', name: 'requests at once', nameLocation: 'middle', nameGap: 38 },
      series: [
        { ...line('capacity', capacity, untilMs), color: '#6e7781', lineStyle: { width: 1.5, type: 'dashed' } },
        { ...line('limit', limit, untilMs), color: '#0072b2', lineStyle: { width: 2 } },
      ],
    })
    return chart.renderToSVGString()
  } finally {
    chart.dispose()
  }
}

function line(name: string, steps: readonly Step[], untilMs: number): object {
  const last = steps.at(-1)
  const points = [...steps, ...(last === undefined ? [] : [{ ...last, atMs: untilMs }])]
  return {
    type: 'line',
    name,
    step: 'end',
    symbol: 'none',
    data: points.map(({ atMs, value }) => [atMs / 1000, value]),
  }
}
