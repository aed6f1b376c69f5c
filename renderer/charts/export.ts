import type { MetricPoint } from '#contract'
import { client } from '../api/session'

/** Every point of a run as CSV, a row a step, read anew: what the charts keep of a long run is not all of it. */
export async function metricsCsv(id: string): Promise<string> {
  const rows: MetricPoint[] = []
  const keys = new Set<string>()
  for (let from = 0; ;) {
    const { next, size, points } = await client().runs.readMetrics({ id, from })
    for (const point of points) {
      rows.push(point)
      for (const key of Object.keys(point.data)) keys.add(key)
    }
    if (next >= size || next === from) break
    from = next
  }
  return csvOf(rows, [...keys])
}

/** Names and numbers of a trainer hold no quotes; a comma or a quote in a name is still kept apart (RFC 4180). */
export function csvOf(rows: readonly MetricPoint[], keys: readonly string[]): string {
  const cell = (text: string) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
  const lines = rows.map(({ step, data }) => [String(step), ...keys.map((key) => String(data[key] ?? ''))].join(','))
  return [['step', ...keys].map(cell).join(','), ...lines, ''].join('\n')
}

/** A chart as a picture for a report: its name, the legend and what is drawn, on the page's own background. */
export async function chartPng(
  chart: HTMLCanvasElement,
  title: string,
  legend: readonly { name: string; colour: string }[],
): Promise<Blob> {
  const scale = window.devicePixelRatio
  const head = Math.round(34 * scale)
  const edge = Math.round(12 * scale)
  const canvas = document.createElement('canvas')
  canvas.width = chart.width + 2 * edge
  canvas.height = chart.height + head + edge
  const ink = canvas.getContext('2d')
  if (ink === null) throw new Error('no canvas')
  const style = getComputedStyle(document.documentElement)
  ink.fillStyle = style.getPropertyValue('--surface')
  ink.fillRect(0, 0, canvas.width, canvas.height)
  ink.textBaseline = 'middle'
  ink.font = `600 ${13 * scale}px ${style.getPropertyValue('--sans')}`
  ink.fillStyle = style.getPropertyValue('--text')
  ink.fillText(title, edge, head / 2)
  let at = edge + ink.measureText(title).width + 16 * scale
  ink.font = `${12 * scale}px ${style.getPropertyValue('--sans')}`
  for (const { name, colour } of legend) {
    ink.fillStyle = colour
    ink.fillRect(at, head / 2 - scale, 12 * scale, 2 * scale)
    ink.fillStyle = style.getPropertyValue('--text-2')
    ink.fillText(name, at + 17 * scale, head / 2)
    at += 17 * scale + ink.measureText(name).width + 14 * scale
  }
  ink.drawImage(chart, edge, head)
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob === null ? reject(new Error('no picture')) : resolve(blob)), 'image/png'),
  )
}
