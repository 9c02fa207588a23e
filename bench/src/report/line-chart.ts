import type { EChartsCoreOption } from 'echarts/core'
import type { Axis, LinePlot } from '../bench-case.ts'
import { COLOURS, FAINT, GREY, INK, chartSvg } from './chart.ts'
import type { Line } from './plot-points.ts'
import { whiskers } from './whiskers.ts'

const SYMBOLS = ['circle', 'triangle', 'rect', 'diamond', 'emptyCircle', 'emptyTriangle', 'emptyRect', 'emptyDiamond']
const SIZE = { width: 860, height: 440 }
const DASHES = 'path://M0 0h6v1h-6zM9 0h6v1h-6zM18 0h6v1h-6z'
/** Room for the names at the right. */
const NAMES = 230

/** Lines with the range of each point, Fanfold's thicker. */
export function lineChart(plot: LinePlot, lines: readonly Line[]): string {
  const series = lines.flatMap(({ name, points }, n) => {
    const color = COLOURS[n % COLOURS.length]!
    return [
      {
        type: 'line',
        name,
        data: points.map(({ x, spread }) => [x, spread.median]),
        symbol: SYMBOLS[n % SYMBOLS.length],
        symbolSize: 7,
        color,
        lineStyle: { width: name.startsWith('fanfold') ? 3 : 1.5 },
      },
      whiskers(
        color,
        points.map(({ x, spread }) => ({ at: x, spread })),
        'vertical',
      ),
    ]
  })
  const { ideal } = plot
  const limit = ideal === undefined ? [] : [idealLine(ideal.name, ideal.points)]
  const option: EChartsCoreOption = {
    title: { text: plot.title, left: 10, top: 6, textStyle: { fontSize: 15, color: INK } },
    legend: {
      orient: 'vertical',
      left: SIZE.width - NAMES + 10,
      top: 50,
      textStyle: { color: INK },
      inactiveColor: INK,
      data: [...lines.map(({ name }) => name), ...(ideal === undefined ? [] : [{ name: ideal.name, icon: DASHES }])],
    },
    grid: { left: 70, right: NAMES, top: 50, bottom: 55 },
    xAxis: axisOption(plot.x, 32),
    yAxis: axisOption(plot.y, 50),
    series: [...series, ...limit],
  }
  return chartSvg(option, SIZE)
}

function idealLine(name: string, points: readonly (readonly [number, number])[]): object {
  return {
    type: 'line',
    name,
    data: points,
    symbol: 'none',
    color: GREY,
    lineStyle: { width: 1.5, type: 'dashed' },
  }
}

/** @param gap - px between the axis and its name. */
export function axisOption({ label, scale }: Axis, gap: number): object {
  return {
    type: scale === 'log' ? 'log' : 'value',
    name: label,
    nameLocation: 'middle',
    nameGap: gap,
    nameTextStyle: { color: INK },
    axisLabel: { color: INK, formatter: (value: number) => axisNumber(value) },
    axisLine: { show: true, lineStyle: { color: GREY } },
    splitLine: { lineStyle: { color: FAINT } },
  }
}

/** As few characters as tell the number. */
function axisNumber(value: number): string {
  return Number(value.toPrecision(6)).toLocaleString('en', { maximumSignificantDigits: 6 })
}
