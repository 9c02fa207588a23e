import type { BarPlot } from '../bench-case.ts'
import { digits } from '../formats.ts'
import { COLOURS, GREY, INK, chartSvg } from './chart.ts'
import { axisOption } from './line-chart.ts'
import type { Bar } from './plot-points.ts'
import { whiskers } from './whiskers.ts'

const WIDTH = 860
const BAR = 34
const [FANFOLD, , , , , OTHERS] = COLOURS

/** A bar for each side, its median beside its name, and the range. */
export function barChart(plot: BarPlot, bars: readonly Bar[]): string {
  const option = {
    title: { text: plot.title, left: 10, top: 6, textStyle: { fontSize: 15, color: INK } },
    grid: { left: 270, right: 70, top: 45, bottom: 55 },
    xAxis: axisOption(plot.y, 32),
    yAxis: {
      type: 'category',
      inverse: true,
      data: bars.map(({ name, spread }) => `${name}: ${digits(spread.median)}`),
      axisLabel: { color: INK, width: 250, overflow: 'truncate' },
      axisLine: { lineStyle: { color: GREY } },
      axisTick: { show: false },
    },
    series: [
      {
        type: 'bar',
        barWidth: '60%',
        data: bars.map(({ name, spread }) => ({
          value: spread.median,
          itemStyle: { color: name.startsWith('fanfold') ? FANFOLD : OTHERS },
        })),
      },
      whiskers(
        INK,
        bars.map(({ spread }, at) => ({ at, spread })),
        'horizontal',
      ),
    ],
  }
  return chartSvg(option, { width: WIDTH, height: 100 + bars.length * BAR })
}
