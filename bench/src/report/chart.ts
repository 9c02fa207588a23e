import { BarChart, CustomChart, LineChart } from 'echarts/charts'
import { GridComponent, LegendComponent, TitleComponent } from 'echarts/components'
import { init, use } from 'echarts/core'
import type { EChartsCoreOption } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'

use([BarChart, CustomChart, LineChart, GridComponent, LegendComponent, TitleComponent, SVGRenderer])

/** What is drawn in: page, text, axes and ideal lines, and one colour a line (Okabe and Ito's, told apart by the colour-blind). */
/** Drawn, since a page need not have the colours that its reader's system asks for. */
const PAGE = '#ffffff'
export const INK = '#1f2328'
export const FAINT = '#d1d9e0'
export const GREY = '#6e7781'
export const COLOURS: readonly string[] = [
  '#0072b2',
  '#d55e00',
  '#009e73',
  '#cc79a7',
  '#b07d00',
  '#56b4e9',
  '#8250df',
  '#57606a',
]

/** The same on a dark page. */
const ON_DARK: readonly (readonly [string, string])[] = [
  [PAGE, '#0d1117'],
  // Hollow symbols.
  ['#fff', '#0d1117'],
  [INK, '#e6edf3'],
  [FAINT, '#30363d'],
  [GREY, '#9198a1'],
  ['#0072b2', '#4ea8de'],
  ['#d55e00', '#ff8533'],
  ['#009e73', '#2fc79a'],
  ['#b07d00', '#e6b422'],
  ['#56b4e9', '#b6e3ff'],
  ['#8250df', '#b392f0'],
  ['#57606a', '#adb5bd'],
]

/** Draws a chart as SVG text, the same bytes for the same options, that follows the reader's light or dark page. */
export function chartSvg(option: EChartsCoreOption, size: { width: number; height: number }): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, ...size })
  try {
    chart.setOption({ animation: false, backgroundColor: PAGE, ...option })
    return followPage(chart.renderToSVGString())
  } finally {
    chart.dispose()
  }
}

function followPage(svg: string): string {
  const rules = ON_DARK.map(([light, dark]) => `[fill="${light}"]{fill:${dark}}[stroke="${light}"]{stroke:${dark}}`)
  const style = `<style>@media (prefers-color-scheme: dark){${rules.join('')}}</style>`
  const plain = svg
    // For pointers, which no picture has, and numbered by how many charts were drawn before.
    .replaceAll(/ class="zr\d+-cls-\d+"/g, '')
    .replaceAll(/<style ?><!\[CDATA\[.*?\]\]>\s*<\/style>\n?/gs, '')
    .replaceAll(/\bzr\d+-/g, 'chart-')
  return `${plain.replace(/(<svg[^>]*>)/, `$1${style}`).trimEnd()}\n`
}
