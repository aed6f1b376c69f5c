import type { Preview } from '#contract'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../i18n'
import css from './library.module.css'

/** The first rows, as text: what stands in a cell is never anything else. */
export function PreviewTable({ file, preview }: { file: string; preview: Preview }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { columns, rows, totalRows, bytesRead } = preview
  const facts = [
    file,
    totalRows === null ? null : t('library.dataset.rows', { count: totalRows, rows: format.count(totalRows) }),
    t('library.dataset.read', { bytes: format.bytes(bytesRead) }),
  ]
  return (
    <figure className={css.preview}>
      <figcaption className={css.numbers}>{facts.filter((fact) => fact !== null).join(' · ')}</figcaption>
      <div className={css.previewScroll} tabIndex={0} role="group" aria-label={file}>
        <table>
          <thead>
            <tr>
              {columns.map(({ name, type }) => (
                <th key={name} scope="col">
                  {name} <small>{type}</small>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, index) => (
              <tr key={index}>
                {row.map((cell, column) => (
                  <td key={column}>
                    <div>{readable(cell)}</div>
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </figure>
  )
}

/** A string without its quotes, a conversation turn by turn; anything else as the JSON it is. */
function readable(cell: string): string {
  let value: unknown
  try {
    value = JSON.parse(cell)
  } catch {
    return cell // cut off: it is long
  }
  if (typeof value === 'string') return value
  if (Array.isArray(value) && value.every(isTurn))
    return value.map(({ role, content }) => `${role}: ${content}`).join('\n')
  return cell
}

const isTurn = (value: unknown): value is { role: string; content: string } =>
  typeof value === 'object' &&
  value !== null &&
  'role' in value &&
  'content' in value &&
  typeof value.content === 'string'
