import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { alignLines, hasPositive, type Line, type Look } from './lines'

export interface PlotOptions {
  /** Charts of one group follow each other's cursor. */
  group: string
  value(value: number): string
  /** The step under the cursor, of this chart or of another one of the group. */
  onHover(step: number | null): void
  onZoom(range: readonly [number, number] | null): void
}

export interface Plot {
  show(lines: readonly Line[], look: Look): void
  paint(): void
  /** The picture as it is on the screen. */
  canvas(): HTMLCanvasElement
  dispose(): void
}

const HEIGHT = 168

const colour = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim()
const lineColour = (index: number) => colour(`--chart-${(index % 6) + 1}`)

function axes({ value }: PlotOptions): uPlot.Axis[] {
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
      incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 50_000, 100_000, 500_000],
    },
    {
      ...common,
      size: 50,
      gap: 4,
      space: 30,
      values: (_plot, splits) => splits.map((split) => (split === null ? '' : value(split))),
    },
  ]
}

/** A flat line belongs in the middle, and no line on the frame. */
function padded(low: number | null, high: number | null): [number, number] {
  if (low === null || high === null) return [0, 1]
  const span = high - low
  const room = span === 0 ? Math.abs(high) * 0.1 || 0.5 : span * 0.12
  return [low - room, high + room]
}

/** What was measured is drawn faint behind its smoothed line. */
function seriesOf(lines: readonly Line[], smoothed: boolean): uPlot.Series[] {
  const single = lines.length === 1
  const drawn = ({ colour: index }: Line, faint: boolean): uPlot.Series => ({
    stroke: () => lineColour(index) + (faint ? '40' : ''),
    ...(single && !faint && !smoothed ? { fill: () => lineColour(index) + '1a' } : {}),
    width: faint ? 1 : 2,
    spanGaps: true,
    points: { show: (plot) => plot.data[0].length <= 30 && !faint, size: 5, fill: () => lineColour(index) },
  })
  return lines.flatMap((line) => (smoothed ? [drawn(line, true), drawn(line, false)] : [drawn(line, false)]))
}

export function createPlot(host: HTMLElement, options: PlotOptions): Plot {
  let plot: uPlot | null = null
  let shape = ''
  let range: Look['range'] = null

  function make(lines: readonly Line[], log: boolean, smoothed: boolean, data: uPlot.AlignedData): uPlot {
    const made: uPlot = new uPlot(
      {
        width: Math.max(host.clientWidth, 120),
        height: HEIGHT,
        padding: [10, 10, 0, 0],
        legend: { show: false },
        cursor: {
          y: false,
          drag: { x: true, y: false, setScale: false },
          points: { size: 8 },
          sync: { key: options.group, scales: ['x', null] },
        },
        scales: {
          x: { time: false, range: (_plot, low, high) => (range === null ? [low, high] : [range[0], range[1]]) },
          y: log ? { distr: 3 } : { range: (_plot, low, high) => padded(low, high) },
        },
        axes: axes(options),
        series: [{}, ...seriesOf(lines, smoothed)],
        hooks: {
          setCursor: [
            ({ cursor, data: [steps] }) => options.onHover(cursor.idx == null ? null : (steps[cursor.idx] ?? null)),
          ],
          setSelect: [
            ({ select, posToVal }) => {
              if (select.width < 4) return
              const [from, to] = [posToVal(select.left, 'x'), posToVal(select.left + select.width, 'x')]
              made.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)
              if (to - from >= 1) options.onZoom([Math.floor(from), Math.ceil(to)])
            },
          ],
        },
      },
      data,
      host,
    )
    made.over.addEventListener('dblclick', () => options.onZoom(null))
    return made
  }

  const resized = new ResizeObserver(() => {
    if (host.clientWidth > 0) plot?.setSize({ width: host.clientWidth, height: HEIGHT })
  })
  resized.observe(host)
  return {
    show(lines, look) {
      range = look.range
      const log = look.log && hasPositive(lines)
      const data = alignLines(lines, { ...look, log })
      const next = JSON.stringify([lines.map(({ id, colour: index }) => [id, index]), log, look.smoothing > 0])
      if (plot !== null && next === shape) return plot.setData(data)
      plot?.destroy()
      shape = next
      plot = make(lines, log, look.smoothing > 0, data)
    },
    paint: () => plot?.redraw(false, true),
    canvas: () => plot?.ctx.canvas ?? document.createElement('canvas'),
    dispose() {
      resized.disconnect()
      plot?.destroy()
    },
  }
}
