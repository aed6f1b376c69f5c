import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { bucket } from './bucket'
import type { Series } from './series'

export interface PlotText {
  value(value: number): string
}

export interface Plot {
  show(series: Series): void
  paint(): void
  dispose(): void
}

const MOST_POINTS = 1200
const HEIGHT = 168

const colour = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim()

function axes(text: PlotText): uPlot.Axis[] {
  const font = `12px ${colour('--sans')}`
  const grid = { stroke: () => colour('--chart-grid'), width: 1 }
  const common = { font, stroke: () => colour('--text-3'), grid, ticks: { show: false } }
  return [
    // Steps are whole numbers; half a step would be a made-up tick.
    {
      ...common,
      grid: { show: false },
      size: 26,
      gap: 4,
      space: 48,
      incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 50_000, 100_000],
    },
    { ...common, size: 50, gap: 4, space: 30, values: (_plot, splits) => splits.map((split) => text.value(split)) },
  ]
}

function options(width: number, text: PlotText, hover: (index: number | null) => void): uPlot.Options {
  return {
    width,
    height: HEIGHT,
    padding: [10, 10, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 8 } },
    scales: { x: { time: false }, y: { range: (_plot, low, high) => padded(low, high) } },
    axes: axes(text),
    series: [
      {},
      {
        stroke: () => colour('--chart-line'),
        fill: () => colour('--chart-fill'),
        width: 2,
        points: { show: (plot) => plot.data[0].length <= 30, size: 5, fill: () => colour('--chart-line') },
      },
    ],
    hooks: { setCursor: [(plot) => hover(plot.cursor.idx ?? null)] },
  }
}

/** A flat line belongs in the middle, and no line on the frame. */
function padded(low: number | null, high: number | null): [number, number] {
  if (low === null || high === null) return [0, 1]
  const span = high - low
  const room = span === 0 ? Math.abs(high) * 0.1 || 0.5 : span * 0.12
  return [low - room, high + room]
}

export function createPlot(
  host: HTMLElement,
  text: PlotText,
  hover: (point: { step: number; value: number } | null) => void,
): Plot {
  let data: uPlot.AlignedData = [[], []]
  const plot = new uPlot(
    options(Math.max(host.clientWidth, 120), text, (index) => {
      const step = index === null ? undefined : data[0][index]
      const value = index === null ? undefined : data[1]?.[index]
      hover(step === undefined || value === undefined || value === null ? null : { step, value })
    }),
    data,
    host,
  )
  const resized = new ResizeObserver(() => {
    if (host.clientWidth > 0) plot.setSize({ width: host.clientWidth, height: HEIGHT })
  })
  resized.observe(host)
  return {
    show: ({ steps, values }) => {
      data = bucket(steps, values, MOST_POINTS)
      plot.setData(data)
    },
    paint: () => plot.redraw(false, true),
    dispose: () => {
      resized.disconnect()
      plot.destroy()
    },
  }
}
